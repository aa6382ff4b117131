using System.Reflection;
using System.Reflection.Emit;
using QTrain.Optimizers;

namespace QTrain.Tests.Optimizers;

/// <summary>A run is resumed by running its optimizer again on recorded answers, so nothing else may move an optimizer.</summary>
public sealed class The_code_of_optimizers
{
    private static readonly Type[] Banned =
    [
        typeof(Random), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeProvider), typeof(System.Diagnostics.Stopwatch), typeof(Environment), typeof(Guid),
        typeof(Parallel), typeof(ThreadPool), typeof(Thread), typeof(Timer), typeof(TaskFactory), typeof(ParallelEnumerable), typeof(Task), typeof(Task<>),
        typeof(System.Security.Cryptography.RandomNumberGenerator), typeof(SynchronizationContext), typeof(TaskScheduler),
    ];

    [Fact]
    public void calls_no_clock_no_thread_and_no_foreign_randomness() =>
        Calls(typeof(Optimizer).Assembly.GetTypes().Where(t => t.Namespace == typeof(Optimizer).Namespace))
            .Where(c => IsBanned(c.Callee)).Select(c => $"{c.Caller.DeclaringType}.{c.Caller.Name} calls {c.Callee.DeclaringType}.{c.Callee.Name}")
            .ShouldBeEmpty();

    [Fact]
    public void would_be_caught_if_it_did()
    {
        var found = Calls([typeof(Cheater), .. typeof(Cheater).GetNestedTypes(BindingFlags.NonPublic)]).Where(c => IsBanned(c.Callee))
            .Select(c => $"{c.Callee.DeclaringType!.Name}.{c.Callee.Name}").ToArray();
        found.ShouldBe(["Task.Run", "Task.WhenAny", "Stopwatch.GetTimestamp", "Parallel.For"], ignoreOrder: true);
    }

    // What the compiler itself writes for await and for iterators.
    private static bool IsBanned(MethodBase method) =>
        method.Name is not (nameof(Task.GetAwaiter) or "get_CurrentManagedThreadId")
        && method.DeclaringType is { } type && Banned.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type);

    private static IEnumerable<(MethodBase Caller, MethodBase Callee)> Calls(IEnumerable<Type> types)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var type in types)
            foreach (var caller in type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)))
                foreach (var callee in CallsOf(caller)) yield return (caller, callee);
    }

    private static IEnumerable<MethodBase> CallsOf(MethodBase caller)
    {
        if (caller.GetMethodBody()?.GetILAsByteArray() is not { } code) yield break;
        var typeArguments = caller.DeclaringType!.IsGenericType ? caller.DeclaringType.GetGenericArguments() : null;
        var methodArguments = caller.IsGenericMethod ? caller.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var key = (short)code[at++];
            if (key == 0xFE) key = (short)(0xFE00 | code[at++]);
            var opcode = OpCodesByValue[key];
            switch (opcode.OperandType)
            {
                case OperandType.InlineMethod:
                    if (caller.Module.ResolveMethod(BitConverter.ToInt32(code, at), typeArguments, methodArguments) is { } callee) yield return callee;
                    at += 4;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at++;
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + 4 * BitConverter.ToInt32(code, at);
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value);

    private static class Cheater
    {
        public static async Task<long> CheatAsync()
        {
            await Task.WhenAny(Task.Run(() => 1));
            Parallel.For(0, 2, _ => { });
            return System.Diagnostics.Stopwatch.GetTimestamp();
        }
    }
}
