internal import NetworkAddresses
public import NetworkStack

// How the kernel comes to an answer of `ip route get`.

extension Controller {
  /// What the lookup of a question tries, in its order, and what it leaves aside.
  public func walk(_ question: RouteQuestion, in namespace: NamespaceID) -> [RouteWalkStep] {
    var flow = RouteFlow(destination: question.destination)
    fill(&flow, question)
    flow.tos = question.inputDevice == nil ? question.tos & 0x1c : question.tos
    return simulation.kernel.walk(of: flow, in: namespace)
  }

  public func walk(_ question: IPv6RouteQuestion, in namespace: NamespaceID) -> [RouteWalkStep] {
    var flow = IPv6RouteFlow(destination: question.destination)
    fill(&flow, question)
    let isStrict = question.destination.isLinkScoped
    if let input = question.inputDevice { flow.inputDevice = simulation.kernel.devices[input.index].vrf ?? input }
    let preferred = isStrict ? question.inputDevice ?? flow.outputDevice : flow.inputDevice ?? flow.outputDevice
    return simulation.kernel.walk(
      of: IPv6RouteLookup(flow: flow, preferred: preferred, mode: isStrict && preferred != nil ? .strict : []),
      in: namespace)
  }

  private func fill<Address>(_ flow: inout RouteFlowOf<Address>, _ question: RouteQuestionOf<Address>) {
    flow.source = question.source ?? Address(bits: 0)
    flow.inputDevice = question.inputDevice
    if question.inputDevice == nil { flow.outputDevice = question.outputDevice }
    flow.mark = question.mark
    flow.ipProtocol = question.ipProtocol
    flow.sourcePort = question.sourcePort
    flow.destinationPort = question.destinationPort
  }
}
