using QTrain.Devices;

namespace QTrain.Providers.Tests;

/// <summary>A credential that a test can change.</summary>
internal sealed class TestKey(string value = "test-key") : ICredential
{
    public string Value { get; set; } = value;

    public int Reads { get; private set; }

    public int Refused { get; private set; }

    /// <summary>The key that is there when the last one was refused; null: the same.</summary>
    public string? Next { get; set; }

    public ValueTask<string> ReadAsync(bool isRefused, CancellationToken cancellation)
    {
        Reads++;
        if (isRefused)
        {
            Refused++;
            Value = Next ?? Value;
        }
        return new(Value);
    }
}
