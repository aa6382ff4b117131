using System.Text.Json.Serialization;
using QTrain.Operations.Runs;

namespace QTrain.Operations;

/// <summary>What operations write as JSON, prepared at build time: the command line starts faster without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(LeaseOwner))]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class OperationsJson : JsonSerializerContext;
