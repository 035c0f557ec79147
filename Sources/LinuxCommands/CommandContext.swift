import NetworkControl
import NetworkStack

/// Where a command runs: the simulation, the namespace, and what `ip vrf exec` has set.
struct CommandContext {
  let controller: Controller
  var namespace: NamespaceID
  /// The device that sockets are bound to: the VRF of `ip vrf exec`.
  var boundDevice: DeviceID?
  /// The whole line, for errors that are about no word of it.
  var range: Range<Int>

  var machine: MachineID { controller.machine(of: namespace) }

  /// The same command in another namespace of the machine, where no device is bound to.
  func inNamespace(_ other: NamespaceID) -> CommandContext {
    var context = self
    context.namespace = other
    context.boundDevice = nil
    return context
  }

  /// The namespace of that name; ends the program as iproute2 does where there is none.
  func namespace(_ name: Word) throws(CommandStop) -> NamespaceID {
    guard let namespace = controller.namespace(named: name.text, on: machine) else {
      throw .failed(
        "Cannot open network namespace \"\(name.text)\": No such file or directory", exitCode: 255)
    }
    return namespace
  }

  /// The device of that name; `Cannot find device "x"` where there is none.
  func device(_ name: Word, exitCode: Int = 1) throws(CommandStop) -> DeviceID {
    guard let device = controller.device(named: name.text, in: namespace) else {
      throw .failed("Cannot find device \"\(name.text)\"", exitCode: exitCode)
    }
    return device
  }

  /// The routing table of a VRF, by its device's name.
  func vrfTable(_ name: Word) throws(CommandStop) -> UInt32 {
    if let device = controller.device(named: name.text, in: namespace),
      case .vrf(let table) = controller.link(device).kind
    {
      return table
    }
    throw .failed("Error: argument \"\(name.text)\" is wrong: Invalid VRF\n", exitCode: 255)
  }

  /// Carries a request out; what the simulated kernel refuses ends the program as iproute2 ends.
  func apply(_ request: ControlRequest, failure exitCode: Int = 2) throws(CommandStop) {
    do {
      try controller.apply(request)
    } catch {
      throw CommandStop(error, range: range, exitCode: exitCode)
    }
  }
}

/// Why a program ends before it has done all: the simulated system refused, or the simulator cannot.
enum CommandStop: Error {
  case refused(CommandOutput)
  case invalid(CommandLineError)

  /// A message on standard error, and an exit code.
  static func failed(_ message: String, exitCode: Int) -> CommandStop {
    .refused(CommandOutput(standardError: message + "\n", exitCode: exitCode))
  }

  init(_ error: ControlError, range: Range<Int>, exitCode: Int = 2) {
    self =
      if error.isUnsupported {
        .invalid(CommandLineError("not supported yet: \(error.extendedAcknowledgement ?? "")", range: range))
      } else {
        .failed(NetlinkText.refusal(error), exitCode: exitCode)
      }
  }
}

/// How iproute2 tells what the kernel answered.
enum NetlinkText {
  static func refusal(_ error: ControlError) -> String {
    guard let sentence = error.extendedAcknowledgement else {
      return "RTNETLINK answers: \(error.errno.message)"
    }
    return "Error: \(sentence)" + (sentence.hasSuffix(".") ? "" : ".")
  }
}
