import NetworkControl
import NetworkStack

/// `ip link add`.
struct AddLink: ChangingCommand {
  private let name: Word?
  private let options: LinkOptions
  private let kind: LinkKindOptions

  init(_ words: inout WordReader) throws(CommandLineError) {
    let options = try LinkOptions(&words)
    guard let word = options.kind else {
      throw CommandLineError("Not enough information: \"type\" argument is required", range: words.endRange)
    }
    kind = try LinkKindOptions(word, &words)
    if case .bridgePort = kind { throw word.error("Error: Unknown device type.") }
    try Self.checkLower(options.lowerDevice, kind, words)
    if let device = options.device, options.newName != nil {
      throw device.garbage("name", among: LinkOptions.grammar.names)
    }
    name = options.newName ?? options.device
    self.options = options
  }

  /// A device below belongs to the kinds that stand on one.
  private static func checkLower(
    _ lower: Word?, _ kind: LinkKindOptions, _ words: WordReader
  ) throws(CommandLineError) {
    switch kind {
    case .vlan:
      if lower == nil { throw CommandLineError("Error: 8021q: link not specified.", range: words.endRange) }
    case .macvlan:
      if lower == nil { throw CommandLineError("RTNETLINK answers: Invalid argument", range: words.endRange) }
    case .dummy, .veth, .bridge, .vrf, .bridgePort, .vxlan:
      if let lower { throw .unsupported("'link'", range: lower.range) }
    }
  }

  var warning: String {
    if case .vxlan(let options) = kind, options.port == nil { return TunnelAndVLANOptions.missingPort }
    return ""
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    var attributes = LinkAttributes(kind: try attributesKind(context), name: name?.text)
    attributes.mac = options.mac
    attributes.mtu = options.mtu
    attributes.index = options.index
    attributes.isUp = options.isUp ?? false
    attributes.transmitQueueLength = options.transmitQueueLength
    attributes.group = options.group ?? 0
    if case .device(let master) = options.master {
      attributes.master = try context.device(argument: master)
    }
    let namespace = try options.namespace.map(context.namespace(argument:)) ?? context.namespace
    try context.apply(.addLink(attributes, namespace: namespace))
    guard let later = laterChange, let name,
      let device = context.controller.device(named: name.text, in: namespace)
    else { return }
    try context.apply(.changeLink(device, later))
  }

  /// What the request to add a link has no place for.
  private var laterChange: LinkChange? {
    guard
      options.isARPEnabled != nil || options.isMulticastEnabled != nil || options.isPromiscuous != nil
        || options.alias != nil || options.isAllMulticast != nil || options.hasCarrier != nil
        || options.broadcast != nil
    else { return nil }
    var change = LinkChange()
    change.isARPEnabled = options.isARPEnabled
    change.isMulticastEnabled = options.isMulticastEnabled
    change.isPromiscuous = options.isPromiscuous
    change.isAllMulticast = options.isAllMulticast
    change.hasCarrier = options.hasCarrier
    change.broadcast = options.broadcast
    change.alias = options.alias
    return change
  }

  private func attributesKind(_ context: CommandContext) throws(CommandStop) -> LinkAttributes.Kind {
    switch kind {
    case .dummy: return .dummy
    case .bridge(let change): return .bridge(change)
    case .vrf(let table): return .vrf(table: table)
    case .veth(let options):
      var peer = LinkAttributes.VethPeer()
      peer.name = options?.newName?.text
      peer.mac = options?.mac
      peer.mtu = options?.mtu
      // `netns` puts the device itself elsewhere; its peer stays where the command runs unless it has its own.
      peer.namespace = try options?.namespace.map(context.namespace(argument:)) ?? context.namespace
      return .veth(peer: peer)
    case .vlan(let vlan): return .vlan(lower: try lower(context), vlan)
    case .macvlan(let mode): return .macvlan(lower: try lower(context), mode)
    case .vxlan(let options):
      var vxlan = VXLANOptions(networkIdentifier: options.networkIdentifier ?? 0)
      (vxlan.remote, vxlan.local) = (options.remote, options.local)
      vxlan.lower = try options.lower.map { word throws(CommandStop) in try context.device(word, exitCode: 255) }
      // Port 0 stands for the kernel's choice, as no port does.
      vxlan.port = options.port.map { $0 == 0 ? 8_472 : $0 } ?? 8_472
      (vxlan.timeToLive, vxlan.tos) = (options.timeToLive, options.tos)
      vxlan.inheritsTimeToLive = options.inheritsTimeToLive
      vxlan.isLearning = options.isLearning
      vxlan.ageing = Int64(options.ageing) * 1_000_000_000
      return .vxlan(vxlan)
    case .bridgePort: preconditionFailure("refused when the line was read")
    }
  }

  private func lower(_ context: CommandContext) throws(CommandStop) -> DeviceID {
    guard let lower = options.lowerDevice else { preconditionFailure("refused when the line was read") }
    return try context.device(lower)
  }
}

/// `ip link set`.
struct SetLink: ChangingCommand {
  /// `nil` for all devices of the group.
  private let device: Word?
  private let options: LinkOptions
  private let kind: LinkKindOptions?

  init(_ words: inout WordReader) throws(CommandLineError) {
    let options = try LinkOptions(&words)
    guard options.device != nil || options.group != nil else {
      throw CommandLineError("Not enough information: \"dev\" argument is required.", range: words.endRange)
    }
    let device = options.device
    if let index = options.index {
      throw .unsupported("'index \(index)' of a device that exists", range: device?.range ?? words.endRange)
    }
    if let lower = options.lowerDevice { throw .unsupported("'link'", range: lower.range) }
    if let word = options.kind {
      let kind = try LinkKindOptions(word, &words)
      switch kind {
      case .bridge, .bridgePort: break
      case .dummy, .veth, .vrf, .vlan, .macvlan, .vxlan:
        throw .unsupported("'type \(word.text)' of a device that exists", range: word.range)
      }
      self.kind = kind
    } else {
      kind = nil
    }
    self.device = device
    self.options = options
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    // The original looks up what the options name before the device itself.
    var change = LinkChange()
    if let namespace = options.namespace { change.namespace = try context.namespace(argument: namespace) }
    switch options.master {
    case .device(let master): change.master = .device(try context.device(argument: master))
    case .some(.none): change.master = LinkChange.Master.none
    case nil: break
    }
    let devices: [DeviceID]
    if let device {
      devices = [try context.device(device)]
      change.group = options.group
    } else {
      devices = context.controller.links(in: context.namespace).filter { $0.group == options.group }.map(\.device)
    }
    change.isUp = options.isUp
    change.mtu = options.mtu
    change.mac = options.mac
    change.name = options.newName?.text
    change.isARPEnabled = options.isARPEnabled
    change.isMulticastEnabled = options.isMulticastEnabled
    change.isPromiscuous = options.isPromiscuous
    change.isAllMulticast = options.isAllMulticast
    change.hasCarrier = options.hasCarrier
    change.broadcast = options.broadcast
    change.transmitQueueLength = options.transmitQueueLength
    change.alias = options.alias
    if case .bridge(let bridge) = kind { change.bridge = bridge }
    for device in devices {
      if case .bridgePort(let port) = kind { try context.apply(.changeBridgePort(device, port)) }
      try context.apply(.changeLink(device, change))
    }
  }
}
