using System.Collections.Immutable;

namespace QTrain.Problems;

/// <summary>QAOA angles that are good for every unweighted regular graph of a degree, so that nothing needs to be trained to begin well.</summary>
/// <remarks>Wurtz &amp; Lykov 2021, "The fixed angle conjecture for QAOA on regular MaxCut graphs", arXiv:2107.00677; the numbers are those
/// published with it. Convention: exp(−iβΣX)·exp(−iγC) in every layer, with C = Σ(1 − ZZ)/2.</remarks>
public sealed class FixedAngles
{
    private FixedAngles(int degree, double guaranteedRatio, ImmutableArray<double> gammas, ImmutableArray<double> betas)
    {
        Degree = degree;
        GuaranteedRatio = guaranteedRatio;
        Gammas = gammas;
        Betas = betas;
    }

    /// <summary>How many edges every vertex has.</summary>
    public int Degree { get; }

    /// <summary>How many layers: p.</summary>
    public int Layers => Gammas.Length;

    /// <summary>The ratio of expected to maximum cut that is reached on every graph of the degree, if the conjecture holds.</summary>
    public double GuaranteedRatio { get; }

    /// <summary>γ of each layer, in radians.</summary>
    public ImmutableArray<double> Gammas { get; }

    /// <summary>β of each layer, in radians.</summary>
    public ImmutableArray<double> Betas { get; }

    /// <summary>The angles in the order of the parameters of <see cref="Qaoa"/>: all γ, then all β.</summary>
    public ImmutableArray<double> ToStart() => [.. Gammas, .. Betas];

    /// <summary>Every entry of the table.</summary>
    public static ImmutableArray<FixedAngles> Table { get; } =
    [
        new(3, 0.6924500474008557,
            [0.615533629093832],
            [0.3926720292447629]),
        new(3, 0.7559062918257108,
            [0.4877097327098487, 0.8979876956225422],
            [0.5550603400685824, 0.29250781484335187]),
        new(3, 0.7923980072764281,
            [0.4220840819023261, 0.7984127540558412, 0.9370887965673924],
            [0.608757260014991, 0.45927530900125874, 0.23539562255067184]),
        new(3, 0.8168758698205445,
            [0.4087638451376018, 0.7805849642303698, 0.9877281203234828, 1.1563136754269583],
            [0.5995654665076653, 0.4344182507567688, 0.29695001489559947, 0.15906683733146543]),
        new(3, 0.8363791264990517,
            [0.3595894069747186, 0.7065726026028729, 0.8225565476596165, 1.0047548948734175, 1.154274581864511],
            [0.6318520293950315, 0.5226524412470716, 0.3897420609614237, 0.2754121638618102, 0.1491700495831238]),
        new(3, 0.8498936745383119,
            [0.3310418098207508, 0.6450310061053609, 0.7307769161793426, 0.836583144632134, 1.0091635404435226,
                1.1261003732383816],
            [0.6355589295314058, 0.5339629402370255, 0.4631092335134802, 0.3602554466252171, 0.25915232549960054,
                0.13902573609703753]),
        new(3, 0.8597933410827674,
            [0.31008979622262184, 0.6182188190089186, 0.6902478518219215, 0.7512220778320337, 0.8590852547459236,
                1.0203900290324208, 1.1220662506886752],
            [0.6481402507440225, 0.553924977795485, 0.489883395749668, 0.4450177185381082, 0.3405836917027854,
                0.2438269283195185, 0.1306345706291833]),
        new(3, 0.8674066482812723,
            [0.29460578399845716, 0.5867855563839934, 0.6544101338605631, 0.7079285831294416, 0.7645742048056706,
                0.8642502415428974, 1.0256656628956398, 1.1162872335171907],
            [0.6491604649814701, 0.5546799488534804, 0.5003222457916596, 0.4686938845614677, 0.41960894909047436,
                0.31891713167388375, 0.23132378988234067, 0.12290392279079686]),
        new(3, 0.8735215640022997,
            [0.2794011924832918, 0.5661332449495192, 0.6312225917782034, 0.6793325189483329, 0.7262406506047812,
                0.7680564192050686, 0.8745220050355192, 1.0374709214132756, 1.1179866501257232],
            [0.6544738691800278, 0.5618639663372907, 0.5090114025125145, 0.4867762872507141, 0.4514350922540272,
                0.40321108228165636, 0.30473032103041725, 0.2198329630539531, 0.11718174267088216]),
        new(3, 0.8785275447411593,
            [0.26671636739366406, 0.544822698106431, 0.6099810245305547, 0.6562600851574694, 0.6957083572595683,
                0.7287573975239775, 0.7738775819972508, 0.882111389799642, 1.0438010077525992, 1.1152592242707038],
            [0.6555835372498169, 0.5631814864780931, 0.5138881653307606, 0.49558421683669446, 0.4688948671814715,
                0.4357432798966732, 0.3884706701377942, 0.29117618969626957, 0.21050904544590224, 0.11238794493527438]),
        new(3, 0.8828425408436951,
            [0.257287401304126, 0.5280405724278872, 0.5917709544691275, 0.6396914913796506, 0.6772056138057753,
                0.7020614534590051, 0.7370242568081657, 0.7753074973682114, 0.8835587304543469, 1.046970255431072,
                1.1152377164688672],
            [0.6564387949836022, 0.5633471282117171, 0.5163014280756274, 0.5036682504396424, 0.4818229959468761,
                0.45601255796623946, 0.421434626428442, 0.3707732712794268, 0.27645017426067187, 0.20094698054318946,
                0.10725070156301893]),
        new(4, 0.6623797244430844,
            [0.5234801120857124],
            [0.392757551327448]),
        new(4, 0.7160913880778959,
            [0.40812124329694976, 0.7398019631394029],
            [0.5343441634121997, 0.2830366020507894]),
        new(4, 0.74856499006392,
            [0.35450349562772787, 0.6513770002137367, 0.7542700008731634],
            [0.5879466969458422, 0.423177520059303, 0.22301355999797107]),
    ];

    /// <summary>The angles for a degree and a number of layers, or null when the table has none.</summary>
    public static FixedAngles? Find(int degree, int layers) => Table.FirstOrDefault(a => a.Degree == degree && a.Layers == layers);

    /// <summary>The angles for a graph.</summary>
    /// <exception cref="QuantumException">The graph is weighted or not regular, or the table has no angles for its degree and so many layers.</exception>
    public static FixedAngles For(Graph graph, int layers)
    {
        ArgumentNullException.ThrowIfNull(graph);
        const string instead = "Give initial values for gamma0, beta0, … or a seed for random ones.";
        if (graph.RegularDegree is not { } degree)
            throw new QuantumException($"There are no fixed angles for this graph: its vertices have different numbers of edges, and the table is of regular graphs. {instead}");
        if (!graph.IsUnweighted)
            throw new QuantumException($"There are no fixed angles for this graph: its edges have weights other than 1. {instead}");
        return Find(degree, layers) ?? throw new QuantumException(
            $"There are no fixed angles for degree {degree} and {layers} layers. The table has "
            + string.Join("; ", Table.GroupBy(a => a.Degree).Select(g => $"degree {g.Key} with {g.Min(a => a.Layers)} to {g.Max(a => a.Layers)} layers"))
            + $". {instead}");
    }
}
