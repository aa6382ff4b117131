namespace QTrain.Operations.Specs;

/// <summary><c>--set optimizer.learning-rate=0.05</c>: a line of the spec, replaced on the command line.</summary>
internal static class SpecOverride
{
    public static SpecMap Apply(SpecNode root, string assignment)
    {
        var option = $"--set {assignment}";
        var place = new SpecPlace(option);
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw place.Refuse("write key=value, such as --set optimizer.learning-rate=0.05.");
        var path = assignment[..equals].Trim().Split('.');
        if (path.Any(string.IsNullOrWhiteSpace)) throw place.Refuse("a key is a dotted path of names, such as stopping.iterations.");
        var value = SpecYaml.ReadValue(option, assignment[(equals + 1)..]);
        // A spec that is empty or no map at all is refused when it is checked; here there is only something to add to it.
        return Set(root as SpecMap ?? new SpecMap(root.Place, []), path, value, place, SpecKeys.Root);
    }

    private static SpecMap Set(SpecMap map, ReadOnlySpan<string> path, SpecNode value, SpecPlace place, SpecKey? section)
    {
        var key = section?.Find(path[0]);
        if (path.Length == 1)
        {
            // An empty value takes the line away: the default holds again.
            if (value is SpecScalar { IsNull: true, Text: "" }) return map.Without(path[0]);
            return map.With(new SpecEntry(path[0], place, value));
        }
        var inner = map.Find(path[0])?.Value switch
        {
            SpecMap existing => existing,
            // ansatz: uccsd, overridden by ansatz.electrons=2, stays uccsd.
            SpecScalar { IsNull: false } scalar when key?.Shorthand is { } shorthand && scalar.Text != "none" =>
                new SpecMap(scalar.Place, [new SpecEntry(shorthand, scalar.Place, scalar)]),
            _ => new SpecMap(place, []),
        };
        return map.With(new SpecEntry(path[0], map.Find(path[0])?.Place ?? place, Set(inner, path[1..], value, place, key)));
    }
}
