namespace QTrain.Cli;

internal static class Program
{
    private static int Main()
    {
        Console.Error.WriteLine("qtrain: no verbs yet");
        return 2;
    }
}
