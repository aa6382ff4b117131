using BenchmarkDotNet.Running;
using QTrain.Benchmarks;

// `workloads` prints the table that changes are compared by; anything else is BenchmarkDotNet's.
if (args is ["workloads", .. var rest]) Workloads.Print(rest);
else BenchmarkSwitcher.FromAssembly(typeof(Workloads).Assembly).Run(args);
