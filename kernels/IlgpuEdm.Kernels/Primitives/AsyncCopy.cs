using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Types;
using ILGPU.IR.Values;
using ILGPU.Runtime.Cuda;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Copies of 16 bytes from global to shared memory that go on while the threads compute: <c>cp.async</c> on CUDA devices of compute
/// capability 8.0 and later, elsewhere copies that are done at once. What was copied is there after <see cref="Wait"/> and a barrier.
/// </summary>
public static class AsyncCopy
{
    /// <summary>Starts a copy.</summary>
    /// <param name="shared">Shared memory.</param>
    /// <param name="to">The place in it.</param>
    /// <param name="global">Global memory.</param>
    /// <param name="from">The place in it; one that exists even if nothing is read.</param>
    /// <param name="valid">0 to write zeros in place of what is there.</param>
    [IntrinsicImplementation]
    public static void Start(ArrayView<Float4> shared, int to, ArrayView<Float4> global, int from, int valid) =>
        StartPortable(shared, to, global, from, valid);

    /// <summary>The portable body of <see cref="Start"/>.</summary>
    /// <inheritdoc cref="Start"/>
    public static void StartPortable(ArrayView<Float4> shared, int to, ArrayView<Float4> global, int from, int valid) =>
        shared[to] = valid != 0 ? global[from] : new Float4(0f, 0f, 0f, 0f);

    /// <summary>The body of <see cref="Start"/> for CUDA.</summary>
    /// <inheritdoc cref="Start"/>
    public static void StartPtx(ArrayView<Float4> shared, int to, ArrayView<Float4> global, int from, int valid)
    {
        var target = Address.Shared(ref shared[to]);
        var source = Address.Global(ref global[from]);
        CudaAsm.Emit("cp.async.cg.shared.global [%0], [%1], 16, %2;", target, source, valid != 0 ? 16 : 0);
    }

    /// <summary>Ends a batch of copies that are waited for together.</summary>
    [IntrinsicImplementation]
    public static void Commit() => CommitPortable();

    /// <summary>The portable body of <see cref="Commit"/>: nothing is under way.</summary>
    public static void CommitPortable()
    {
    }

    /// <summary>The body of <see cref="Commit"/> for CUDA.</summary>
    public static void CommitPtx() => CudaAsm.Emit("cp.async.commit_group;");

    /// <summary>Waits until at most so many batches are under way.</summary>
    /// <param name="batches">Batches; a constant, 0 or 1.</param>
    [IntrinsicImplementation]
    public static void Wait(int batches) => WaitPortable(batches);

    /// <summary>The portable body of <see cref="Wait"/>: nothing is under way.</summary>
    /// <inheritdoc cref="Wait"/>
    public static void WaitPortable(int batches)
    {
    }

    /// <summary>The body of <see cref="Wait"/> for CUDA.</summary>
    /// <inheritdoc cref="Wait"/>
    public static void WaitPtx(int batches)
    {
        if (batches == 0)
        {
            CudaAsm.Emit("cp.async.wait_group 0;");
        }
        else
        {
            CudaAsm.Emit("cp.async.wait_group 1;");
        }
    }
}

/// <summary>Addresses, as instructions of PTX take them.</summary>
public static class Address
{
    /// <summary>The address in shared memory.</summary>
    /// <param name="place">A place in shared memory.</param>
    /// <returns>32 bits.</returns>
    [IntrinsicImplementation]
    public static uint Shared(ref Float4 place) => throw new NotSupportedException("a shared address outside of PTX");

    /// <summary>Writes PTX for <see cref="Shared"/>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="generator">Receives the instruction.</param>
    /// <param name="value">The call.</param>
    public static void SharedPtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var pointer = generator.LoadPrimitive(value[0]);
        var result = generator.AllocateHardware(value);
        if (((AddressSpaceType)((Value)value[0]).Type).AddressSpace == MemoryAddressSpace.Shared)
        {
            Convert(generator, "cvt.u32.u64", result, pointer);
            return;
        }

        var shared = generator.AllocateRegister(pointer.Description);
        Convert(generator, "cvta.to.shared.u64", shared, pointer);
        Convert(generator, "cvt.u32.u64", result, shared);
        generator.FreeRegister(shared);
    }

    /// <summary>The address in global memory.</summary>
    /// <param name="place">A place in global memory.</param>
    /// <returns>64 bits.</returns>
    [IntrinsicImplementation]
    public static ulong Global(ref Float4 place) => throw new NotSupportedException("a global address outside of PTX");

    /// <summary>Writes PTX for <see cref="Global"/>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="generator">Receives the instruction.</param>
    /// <param name="value">The call.</param>
    public static void GlobalPtx(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        Convert(generator, "mov.b64", generator.AllocateHardware(value), generator.LoadPrimitive(value[0]));

    private static void Convert(
        PTXCodeGenerator generator, string instruction, PTXRegisterAllocator.PrimitiveRegister to,
        PTXRegisterAllocator.PrimitiveRegister from)
    {
        using var command = generator.BeginCommand(instruction);
        command.AppendArgument(to);
        command.AppendArgument(from);
    }
}
