using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>Flips and phases under any number of controls, as cx and turns.</summary>
/// <remarks>
/// A flip borrows other qubits of the circuit, whatever their state, and gives them back: with k − 2 of them it takes a chain of 4(k − 2) Toffoli
/// gates, most of which may be wrong by phases that cancel (Barenco et al. 1995, arXiv:quant-ph/9503016, lemmas 7.2 and 7.3; Maslov 2016,
/// arXiv:1508.03273). A rotation about Z splits its controls in two halves, each of which borrows from the other (Vale, Azevedo, Araújo, Araújo &amp;
/// da Silva 2023, arXiv:2302.06377), so that it needs no further qubit, and its angle may hold parameters.
/// </remarks>
internal sealed class MultiControl(Unroller to)
{
    /// <summary>x on the target where all controls are 1.</summary>
    public void Flip(ReadOnlySpan<int> controls, int target)
    {
        switch (controls.Length)
        {
            case 0:
                to.Add(target, Turn.Flip);
                return;
            case 1:
                to.Cx(controls[0], target);
                return;
        }
        var borrowed = Free(controls, target);
        if (controls.Length == 2 || borrowed.Count == 0)
        {
            to.Add(target, Turn.Hadamard);
            to.ControlledPhase([.. controls, target], Math.PI);
            to.Add(target, Turn.Hadamard);
            return;
        }
        if (borrowed.Count >= controls.Length - 2)
        {
            Chain(controls, borrowed, target);
            return;
        }
        // One borrowed qubit carries the first half; each half borrows from the other.
        var spare = borrowed[0];
        var half = (controls.Length + 1) / 2;
        int[] second = [.. controls[half..], spare];
        for (var pass = 0; pass < 2; pass++)
        {
            Flip(controls[..half], spare);
            Flip(second, target);
        }
    }

    /// <summary>exp(−iθZ/2) on the target where all controls are 1.</summary>
    public void Phase(ReadOnlySpan<int> controls, int target, Angle angle)
    {
        if (controls.Length == 0)
        {
            to.Phase(target, angle);
            return;
        }
        if (controls.Length == 1)
        {
            to.Phase(target, angle / 2);
            to.PhaseOfParity([controls[0], target], -angle / 2, []);
            return;
        }
        var half = (controls.Length + 1) / 2;
        for (var pass = 0; pass < 2; pass++)
        {
            Flip(controls[..half], target);
            to.Phase(target, -angle / 4);
            Flip(controls[half..], target);
            to.Phase(target, angle / 4);
        }
    }

    private List<int> Free(ReadOnlySpan<int> controls, int target)
    {
        var free = new List<int>();
        for (var q = 0; q < to.QubitCount; q++)
            if (q != target && !controls.Contains(q)) free.Add(q);
        return free;
    }

    private void Chain(ReadOnlySpan<int> controls, List<int> borrowed, int target)
    {
        var count = controls.Length;
        // borrowed[j] gathers controls 0 … j + 1.
        for (var pass = 0; pass < 2; pass++)
        {
            Flip([controls[count - 1], borrowed[count - 3]], target);
            for (var j = count - 3; j >= 1; j--) AlmostToffoli(controls[j + 1], borrowed[j - 1], borrowed[j]);
            AlmostToffoli(controls[0], controls[1], borrowed[0]);
            for (var j = 1; j <= count - 3; j++) AlmostToffoli(controls[j + 1], borrowed[j - 1], borrowed[j]);
        }
    }

    /// <summary>A Toffoli gate with a sign too many on one state (Margolus); it undoes itself.</summary>
    private void AlmostToffoli(int first, int second, int target)
    {
        to.Add(target, Turn.AboutY(Math.PI / 4));
        to.Cx(second, target);
        to.Add(target, Turn.AboutY(Math.PI / 4));
        to.Cx(first, target);
        to.Add(target, Turn.AboutY(-Math.PI / 4));
        to.Cx(second, target);
        to.Add(target, Turn.AboutY(-Math.PI / 4));
    }
}
