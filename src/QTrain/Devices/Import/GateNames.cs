using QTrain.Circuits;

namespace QTrain.Devices.Import;

/// <summary>The names that providers give to gates, as circuits here use them.</summary>
internal static class GateNames
{
    /// <summary>Our name of a gate; a name that is not known stays, in lower case.</summary>
    public static string Of(string given)
    {
        var name = given.ToLowerInvariant().Replace('-', '_');
        return name switch
        {
            "xx" => "rxx",
            "yy" => "ryy",
            // IonQ counts its angle in turns; the gate is the same.
            "zz" => "rzz",
            "v" => "sx",
            "vi" => "sxdg",
            "si" => "sdg",
            "ti" => "tdg",
            "cphaseshift" => "cp",
            "phaseshift" => "p",
            "phased_rx" or "phasedrx" or "r" => "prx",
            "phased_xz" or "phasedxz" or "phxz" => "prx",
            "ccnot" => "ccx",
            _ => Gates.Find(name)?.Name ?? name,
        };
    }

    /// <summary>Whether a gate turns only the frame of later gates: nothing happens on the device.</summary>
    public static bool IsVirtual(string name) => name is "rz" or "id" or "p" or "u1";

    /// <summary>Whether a two-qubit gate calibrated on (a, b) is the same gate on (b, a).</summary>
    public static bool IsSymmetric(string name) => name is "cz" or "cp" or "rxx" or "ryy" or "rzz" or "swap" or "iswap" or "sqrt_iswap" or "sycamore" or "fsim" or "ms";

    /// <summary>How many qubits a native gate has; null when its name is not known.</summary>
    public static int? QubitsOf(string name) => Gates.Find(name)?.QubitCount ?? name switch
    {
        "xy" => 2,
        _ => null,
    };
}
