public import NetworkStack

extension Controller {
  /// The machines, in the order in which they were made.
  public var allMachines: [MachineID] { simulation.kernel.machines.indices.map { MachineID(UInt32($0)) } }

  /// What `dmesg` shows of a machine's kernel log, the oldest of at most 4,096 lines first.
  public func kernelLog(of machine: MachineID) -> [KernelLogLine] { simulation.kernel.kernelLog(of: machine) }

  /// All lines of the log that are kept, those too that `dmesg -C` has cleared.
  public func wholeKernelLog(of machine: MachineID) -> [KernelLogLine] {
    simulation.kernel.wholeKernelLog(of: machine)
  }

  /// `dmesg -C`.
  public func clearKernelLog(of machine: MachineID) { simulation.kernel.clearKernelLog(of: machine) }
}
