using BenchmarkDotNet.Running;
using QTrain.Benchmarks;

// `workloads` and `journal` print the tables that changes are compared by; anything else is BenchmarkDotNet's.
if (args is ["workloads", .. var rest]) Workloads.Print(rest);
else if (args is ["journal", ..]) await JournalWorkloads.PrintAsync();
else BenchmarkSwitcher.FromAssembly(typeof(Workloads).Assembly).Run(args);
