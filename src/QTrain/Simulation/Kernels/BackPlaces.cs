namespace QTrain.Simulation.Kernels;

/// <summary>Where |ψ⟩ and |λ⟩ are loaded from on the way back, and where they are stored.</summary>
internal unsafe struct BackPlaces
{
    public void* KetSource, Ket, BraSource, Bra;
}
