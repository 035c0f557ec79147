public import NetworkAddresses
public import ScenarioModel

/// One step of building a scenario's network, in the words of a shell where there are any.
public enum ConstructionStep: Sendable {
  /// A machine of that name is there.
  case machine(String)
  /// A command line that a key of the scenario stands for, on a machine.
  case command(machine: String, line: String)
  /// What the command lines that follow stand for, such as a `docker` line.
  case note(machine: String, String)
  /// A server of a container starts.
  // The long ones are kept elsewhere: a network has many steps, most of them commands.
  indirect case service(NamespaceName, Service)
  /// A network card.
  indirect case networkCard(EndpointName, mac: MACAddress, mtu: Int)
  /// The cable of that place in the scenario's `links` is put between its cards.
  case cable(Int)
}
