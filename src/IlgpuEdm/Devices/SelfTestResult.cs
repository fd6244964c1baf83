namespace IlgpuEdm.Devices;

/// <summary>What the self-test found of one result of one operation.</summary>
/// <param name="Operation">The operation, its shape, and which of its results; where it did not run, what the driver said.</param>
/// <param name="Error">||result - reference|| / ||reference||; infinite where a value is not a number or the operation did not run.</param>
/// <param name="Tolerance">What is allowed.</param>
/// <param name="Passed">Whether the error is at most the tolerance.</param>
public sealed record SelfTestResult(string Operation, double Error, double Tolerance, bool Passed);
