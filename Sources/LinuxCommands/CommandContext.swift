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
  /// The Docker engines of the simulation.
  let engines: ContainerEngines
  /// Whether the line is the engine's own: it reaches the namespaces of containers by their names, and makes them.
  var seesContainers = false

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
    guard let namespace = visibleNamespace(named: name.text) else {
      throw .failed(
        "Cannot open network namespace \"\(name.text)\": No such file or directory", exitCode: 255)
    }
    return namespace
  }

  /// The namespace that `ip netns` knows by that name.
  func visibleNamespace(named name: String) -> NamespaceID? {
    guard let namespace = controller.namespace(named: name, on: machine) else { return nil }
    return seesContainers || controller.isListed(namespace) ? namespace : nil
  }

  /// The device of that name; `Cannot find device "x"` where there is none.
  func device(_ name: Word, exitCode: Int = 1) throws(CommandStop) -> DeviceID {
    guard let device = controller.device(named: name.text, in: namespace) else {
      throw .failed("Cannot find device \"\(name.text)\"", exitCode: exitCode)
    }
    return device
  }

  /// The address of a name that containers know.
  ///
  /// - Throws: where the name is not known: nothing but the engine's table is asked.
  func resolve(_ name: Word, of program: String, isIPv6: Bool?) throws(CommandStop) -> ResolvedName {
    guard let found = engines.resolve(name.text, in: namespace, isIPv6: isIPv6, controller) else {
      let words = "\(program)\(name.text): Name or service not known"
      // Only a container asks a name server.
      if engines.isContainer(namespace, controller) { throw .failed(words, exitCode: 2) }
      throw .invalid(CommandLineError(words, range: name.range))
    }
    return ResolvedName(name: name.text, address: found.address, network: found.network)
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
