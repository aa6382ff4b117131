using BenchmarkDotNet.Running;
using QTrain.Benchmarks;

// `layers`, `batches`, `plans`, `transpile` and `journal` print the tables that changes are compared by; anything else is BenchmarkDotNet's.
if (args is ["layers", .. var rest]) LayerWorkloads.Print(rest);
else if (args is ["batches", .. var sizes]) BatchWorkloads.Print(sizes);
else if (args is ["plans", .. var circuits]) PlanWorkloads.Print(circuits);
else if (args is ["transpile", .. var tables]) TranspileWorkloads.Print(tables);
else if (args is ["journal", .. var what]) await JournalWorkloads.PrintAsync(what);
else BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmarks).Assembly).Run(args);
