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
    if let lower = options.lowerDevice { throw .unsupported("'link'", range: lower.range) }
    if let device = options.device, options.newName != nil {
      throw device.garbage("name", among: LinkOptions.grammar.names)
    }
    name = options.newName ?? options.device
    self.options = options
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    var attributes = LinkAttributes(kind: try attributesKind(context), name: name?.text)
    attributes.mac = options.mac
    attributes.mtu = options.mtu
    attributes.index = options.index
    attributes.isUp = options.isUp ?? false
    attributes.transmitQueueLength = options.transmitQueueLength
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
        || options.alias != nil
    else { return nil }
    var change = LinkChange()
    change.isARPEnabled = options.isARPEnabled
    change.isMulticastEnabled = options.isMulticastEnabled
    change.isPromiscuous = options.isPromiscuous
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
    case .bridgePort: preconditionFailure("refused when the line was read")
    }
  }
}

/// `ip link set`.
struct SetLink: ChangingCommand {
  private let device: Word
  private let options: LinkOptions
  private let kind: LinkKindOptions?

  init(_ words: inout WordReader) throws(CommandLineError) {
    let options = try LinkOptions(&words)
    guard let device = options.device else {
      throw CommandLineError("Not enough information: \"dev\" argument is required.", range: words.endRange)
    }
    if let index = options.index {
      throw .unsupported("'index \(index)' of a device that exists", range: device.range)
    }
    if let lower = options.lowerDevice { throw .unsupported("'link'", range: lower.range) }
    if let word = options.kind {
      let kind = try LinkKindOptions(word, &words)
      switch kind {
      case .bridge, .bridgePort: break
      case .dummy, .veth, .vrf:
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
    let device = try context.device(device)
    change.isUp = options.isUp
    change.mtu = options.mtu
    change.mac = options.mac
    change.name = options.newName?.text
    change.isARPEnabled = options.isARPEnabled
    change.isMulticastEnabled = options.isMulticastEnabled
    change.isPromiscuous = options.isPromiscuous
    change.transmitQueueLength = options.transmitQueueLength
    change.alias = options.alias
    if case .bridge(let bridge) = kind { change.bridge = bridge }
    if case .bridgePort(let port) = kind { try context.apply(.changeBridgePort(device, port)) }
    try context.apply(.changeLink(device, change))
  }
}
