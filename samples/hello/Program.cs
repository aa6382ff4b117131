// The ground state of the hydrogen molecule at 0.735 Å, on two qubits; energies in hartree, without the repulsion of the nuclei.
var energy = PauliSum.Parse("-1.05237325*II + 0.39793742*IZ - 0.39793742*ZI - 0.01128010*ZZ + 0.18093120*XX");
var angles = Parameter.Vector("θ", 4);
var ansatz = Circuit.Build(qubits: 2, c => c
    .Ry(angles[0], 0).Ry(angles[1], 1)
    .Cx(0, 1)
    .Ry(angles[2], 0).Ry(angles[3], 1));
var plan = new TrainingPlan { Problem = new("H2", ansatz, energy, [0.1, 0.1, 0.1, 0.1]), Optimizer = new Lbfgs() };

await foreach (var step in Trainer.StepsAsync(plan))
    Console.WriteLine($"{step.Index,3}  {step.Loss:F9}  |g| = {step.GradientNorm:E1}");
Console.WriteLine($"exact {ExactEnergies.Lowest(energy, 1)[0]:F9}");
