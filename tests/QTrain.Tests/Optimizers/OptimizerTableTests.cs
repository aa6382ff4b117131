using QTrain.Optimizers;

namespace QTrain.Tests.Optimizers;

public sealed class The_table_of_optimizers
{
    public static TheoryData<string> Names => Every_optimizer.Names;

    [Fact]
    public void has_a_row_for_every_optimizer_there_is() =>
        typeof(Optimizer).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Optimizer)) && !t.IsAbstract)
            .ShouldBe(OptimizerTable.All.Select(r => r.Defaults.GetType()), ignoreOrder: true);

    [Theory, MemberData(nameof(Names))]
    public void lists_every_hyperparameter_under_its_own_name(string name)
    {
        var row = OptimizerTable.Find(name)!;
        row.Defaults.GetType().GetProperties().Where(p => p.CanWrite).Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..])
            .ShouldBe(row.Options.Select(o => o.Name), ignoreOrder: true);
        row.About.ShouldEndWith(".");
        row.Paper.ShouldNotBeEmpty();
        row.Options.ShouldAllBe(o => o.About.EndsWith('.'));
    }

    [Theory, MemberData(nameof(Names))]
    public void sets_each_option_and_no_other(string name)
    {
        var row = OptimizerTable.Find(name)!;
        foreach (var option in row.Options)
        {
            var value = option.IsWhole ? 7 : 0.123;
            var changed = OptimizerTable.Create(name, new Dictionary<string, double> { [option.Name] = value });
            foreach (var other in row.Options) other.Get(changed).ShouldBe(other == option ? value : other.Get(row.Defaults));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void refuses_values_without_sense(string name)
    {
        var row = OptimizerTable.Find(name)!;
        foreach (var option in row.Options)
            foreach (var value in new[] { -1, double.NaN, double.PositiveInfinity })
                Should.Throw<HyperparameterException>(() => row.Create(new Dictionary<string, double> { [option.Name] = value })).Option.ShouldBe(option.Name);
    }

    [Theory, MemberData(nameof(Names))]
    public void tells_the_ranges_that_the_optimizers_keep(string name)
    {
        var row = OptimizerTable.Find(name)!;
        foreach (var option in row.Options)
        {
            var step = option.IsWhole ? 1 : 1e-9;
            bool Takes(double value)
            {
                try
                {
                    row.Create(new Dictionary<string, double> { [option.Name] = value });
                    return true;
                }
                catch (HyperparameterException)
                {
                    return false;
                }
            }
            var low = option.Minimum.ShouldNotBeNull(option.Name);
            Takes(low).ShouldBe(!option.AboveMinimum, option.Name);
            Takes(low + step).ShouldBeTrue(option.Name);
            Takes(low - step).ShouldBeFalse(option.Name);
            if (option.Maximum is not { } high)
            {
                Takes(option.IsWhole ? int.MaxValue : 1e300).ShouldBeTrue(option.Name);
                continue;
            }
            Takes(high).ShouldBe(!option.BelowMaximum, option.Name);
            Takes(high - step).ShouldBeTrue(option.Name);
            Takes(high + step).ShouldBeFalse(option.Name);
        }
    }

    [Fact]
    public void says_what_is_allowed()
    {
        Should.Throw<HyperparameterException>(() => new Adam { LearningRate = 0 }).Message
            .ShouldBe("Option 'learningRate' is 0, but it must be a number greater than 0.");
        Should.Throw<HyperparameterException>(() => OptimizerTable.Create("adam", new Dictionary<string, double> { ["beta1"] = 1 })).Message
            .ShouldBe("Option 'beta1' is 1, but it must be at least 0 and less than 1.");
        Should.Throw<HyperparameterException>(() => OptimizerTable.Create("l-bfgs", new Dictionary<string, double> { ["memory"] = 2.5 })).Message
            .ShouldBe("Option 'memory' is 2.5, but it must be a whole number.");
    }

    [Fact]
    public void suggests_the_nearest_name()
    {
        Should.Throw<QuantumException>(() => OptimizerTable.Create("addam")).Message
            .ShouldBe("There is no optimizer 'addam'; did you mean 'adam'? The optimizers are: l-bfgs, adam, gradient-descent, spsa, nelder-mead.");
        Should.Throw<QuantumException>(() => OptimizerTable.Create("adam", new Dictionary<string, double> { ["learningrate"] = 1 })).Message
            .ShouldBe("Optimizer 'adam' has no option 'learningrate'; did you mean 'learningRate'? Its options are: learningRate, beta1, beta2, epsilon.");
    }
}
