using System.Globalization;
using System.Reflection;
using System.Text;

namespace QTrain.Architecture.Tests;

/// <summary>The public surface of an assembly as sorted text, one member a line: small enough to read in a review.</summary>
internal static class ApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What the compiler writes for every record; it says nothing about the design.</summary>
    private static readonly HashSet<string> Boilerplate =
        ["Equals", "GetHashCode", "ToString", "op_Equality", "op_Inequality", "<Clone>$", "PrintMembers", "Deconstruct", "get_EqualityContract"];

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            if (type.IsSubclassOf(typeof(Delegate)))
            {
                var invoke = type.GetMethod("Invoke")!;
                text.Append("delegate ").Append(type.Namespace).Append('.').Append(Short(type)).Append(Parameters(invoke.GetParameters())).Append(" : ").Append(Name(invoke.ReturnType)).Append('\n');
                continue;
            }
            text.Append(Header(type)).Append('\n');
            foreach (var line in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").Append(Short(type)).Append('.').Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct"
            : type.IsAbstract && type.IsSealed ? "static class" : type.IsSealed ? "sealed class" : type.IsAbstract ? "abstract class" : "class";
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum)) bases.Add(Name(parent));
        bases.AddRange(type.GetInterfaces().Where(i => i.IsVisible && i.Name is not ("IEquatable`1" or "ISerializable")).Select(Name).Order(StringComparer.Ordinal));
        return $"{kind} {type.Namespace}.{Short(type)}" + (bases.Count == 0 || type.IsEnum ? "" : " : " + string.Join(", ", bases));
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum) return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => $"{f.Name} = {Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}");
        var fields = type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily).Select(f => $"{f.Name} : {Name(f.FieldType)}");
        var properties = type.GetProperties(Declared)
            .Where(p => Visible(p.GetMethod) || Visible(p.SetMethod))
            .Where(p => !Boilerplate.Contains("get_" + p.Name))
            .Select(p => $"{p.Name}{Parameters(p.GetIndexParameters(), "[", "]")} : {Name(p.PropertyType)} {{{(Visible(p.GetMethod) ? " get;" : "")}{Setter(p.SetMethod)} }}");
        var constructors = type.GetConstructors(Declared).Where(c => Visible(c) && !IsCopy(type, c)).Select(c => "new" + Parameters(c.GetParameters()));
        var methods = type.GetMethods(Declared)
            .Where(m => Visible(m) && !Boilerplate.Contains(m.Name) && !(m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal)))
            .Select(m => $"{m.Name}{Generic(m)}{Parameters(m.GetParameters())} : {Name(m.ReturnType)}");
        return fields.Concat(properties).Concat(constructors).Concat(methods);
    }

    private static bool Visible(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static bool IsCopy(Type type, ConstructorInfo constructor) =>
        constructor.GetParameters() is [var only] && only.ParameterType == type;

    private static string Setter(MethodInfo? setter) => !Visible(setter) ? ""
        : setter!.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit") ? " init;" : " set;";

    private static string Parameters(ParameterInfo[] parameters, string open = "(", string close = ")") =>
        parameters.Length == 0 && open == "[" ? "" : open + string.Join(", ", parameters.Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = …" : "")}")) + close;

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Short(Type type) => (type.DeclaringType is { } outer ? Short(outer) + "." : "") + Bare(type);

    private static string Bare(Type type) => type.Name.Split('`')[0]
        + (type.IsGenericType ? $"<{string.Join(", ", type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).Select(Name))}>" : "");

    private static string Name(Type type)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        return Bare(type);
    }
}
