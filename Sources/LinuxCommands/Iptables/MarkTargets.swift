import NetworkStack

/// `-j MARK`.
struct MarkTargetExtension: TargetExtension {
  private var value: (value: UInt32, mask: UInt32)?

  let name = "MARK"
  let options = MarkOptions.all

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    value = try MarkOptions.read(use, name, context)
  }

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget {
    guard let value else {
      throw context.problem("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required")
    }
    return .mark(value: value.value, mask: value.mask)
  }
}

/// The ways to say how a mark is changed, which all come to clearing some bits and flipping others.
enum MarkOptions {
  private static let names = ["set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark"]

  static let all = names.map { name in ExtensionOption(name, excludes: names.filter { $0 != name }) }

  static func read(
    _ use: OptionUse, _ name: String, _ context: RuleContext
  ) throws(CommandLineError) -> (value: UInt32, mask: UInt32) {
    if use.name == "set-xmark" { return try use.value.mark(of: use, name, context) }
    if use.name == "set-mark" {
      let (value, mask) = try use.value.mark(of: use, name, context)
      return (value, value | mask)
    }
    guard let number = use.value.unsigned(through: UInt64(UInt32.max)) else {
      throw context.problem(
        "\(name): bad value for option \"--\(use.name)\", or out of range.", at: use.value.range)
    }
    let bits = UInt32(number)
    return use.name == "and-mark" ? (0, ~bits) : use.name == "or-mark" ? (bits, bits) : (bits, 0)
  }

  /// As `iptables -L` tells a change, behind the name of the target.
  static func listText(_ value: UInt32, _ mask: UInt32) -> String {
    if mask == .max { return "set 0x\(hex(value))" }
    if value == 0 { return "and 0x\(hex(~mask))" }
    if value == mask { return "or 0x\(hex(value))" }
    if mask == 0 { return "xor 0x\(hex(value))" }
    return "xset 0x\(hex(value))/0x\(hex(mask))"
  }

  static func hex(_ value: UInt32) -> String { String(value, radix: 16) }
}

/// `-j CONNMARK`.
struct ConnectionMarkExtension: TargetExtension {
  private var change: (value: UInt32, mask: UInt32)?
  private var copy: String?
  private var packetMask = UInt32.max
  private var connectionMask = UInt32.max

  let name = "CONNMARK"
  let options =
    MarkOptions.all.map { option in
      var option = option
      option.excludes += ["save-mark", "restore-mark"]
      return option
    } + [
      ExtensionOption("save-mark", values: 0, excludes: MarkOptions.all.map(\.name) + ["restore-mark"]),
      ExtensionOption("restore-mark", values: 0, excludes: MarkOptions.all.map(\.name) + ["save-mark"]),
      ExtensionOption("nfmask", excludes: ["mask"]), ExtensionOption("ctmask", excludes: ["mask"]),
      ExtensionOption("mask", excludes: ["nfmask", "ctmask"]),
    ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    switch use.name {
    case "save-mark", "restore-mark": copy = use.name
    case "mask", "nfmask", "ctmask":
      let mask = UInt32(try use.value.number(through: UInt64(UInt32.max), of: use, name, context))
      if use.name != "ctmask" { packetMask = mask }
      if use.name != "nfmask" { connectionMask = mask }
    default: change = try MarkOptions.read(use, name, context)
    }
  }

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget {
    if let change { return .connectionMark(.set(value: change.value, mask: change.mask)) }
    switch copy {
    case "save-mark": return .connectionMark(.save(packetMask: packetMask, connectionMask: connectionMask))
    case "restore-mark": return .connectionMark(.restore(packetMask: packetMask, connectionMask: connectionMask))
    default: throw context.problem("CONNMARK target: No operation specified")
    }
  }
}

/// `-j CT`.
struct TrackingExtension: TargetExtension {
  private var value: TrackingTarget?

  let name = "CT"
  let options = [
    ExtensionOption("notrack", values: 0), ExtensionOption("zone", excludes: ["zone-orig", "zone-reply"]),
    ExtensionOption("zone-orig", excludes: ["zone", "zone-reply"]),
    ExtensionOption("zone-reply", excludes: ["zone", "zone-orig"]), ExtensionOption("helper"),
    ExtensionOption("timeout"), ExtensionOption("ctevents"), ExtensionOption("expevents"),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let direction: ZoneDirection
    switch use.name {
    case "notrack":
      guard value == nil else { throw .unsupported("'--notrack' with a zone", range: use.range) }
      value = .untracked(isNOTRACK: false)
      return
    case "zone": direction = .both
    case "zone-orig": direction = .original
    case "zone-reply": direction = .reply
    default: throw .unsupported("'-j CT --\(use.name)'", range: use.range)
    }
    if use.value.text == "mark" { throw .unsupported("a zone taken from the mark", range: use.value.range) }
    guard value == nil else { throw .unsupported("'--notrack' with a zone", range: use.range) }
    guard let zone = use.value.unsigned(through: 65_535) else {
      throw context.problem("Cannot parse \(use.value.text) as a zone ID", at: use.value.range)
    }
    value = .zone(UInt16(zone), direction)
  }

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget {
    guard let value else { throw .unsupported("'-j CT' without an option", range: context.range) }
    return .connectionTracking(value)
  }
}

/// A target without options.
struct PlainTargetExtension: TargetExtension {
  let name: String
  let value: FilterTarget
  let options: [ExtensionOption] = []

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {}

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget { value }
}
