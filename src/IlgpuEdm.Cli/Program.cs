using System.Runtime.InteropServices;
using IlgpuEdm.Cli;

// Where there is something to save or to say the first Ctrl-C (or a polite kill) lets the step at hand finish; the second, like the first
// elsewhere, ends the process at once.
bool saves = args is ["demo" or "train" or "sample" or "edit" or "likelihood" or "dataset" or "fid" or "explain" or "watch", ..];
using var stop = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return CommandLine.Run(args, Console.Out, Console.Error, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = saves && !stop.IsCancellationRequested;
    stop.Cancel();
}
