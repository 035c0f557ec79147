import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip route get`: what the kernel would do with a packet.
///
/// Source: ip-route(8), "ip route get".
struct GetRoute<Address: CommandAddress>: ImmediateCommand, RouteLookupCommand {
  private struct Options: Sendable {
    var destination: Address?
    var source: Address?
    var inputDevice: Word?
    var outputDevice: Word?
    var vrf: Word?
    var mark: UInt32 = 0
    var tos: UInt8 = 0
    var ipProtocol: UInt8 = 0
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    var wantsMatchedRoute = false

    mutating func setDestination(_ word: Word) throws(CommandLineError) {
      do {
        let prefixed: InterfaceAddress<Address> = try word.prefixedAddress(
          destination == nil ? "any valid" : Address.familyName)
        destination = prefixed.address
      } catch {
        throw CommandLineError(
          error.message, range: error.range,
          suggestion: NearName.of(word.text, among: GetRoute.grammar.names))
      }
    }
  }

  private static var grammar: Grammar<Options> { Grammar<Options>([
    .value("from") { (word: Word, options: inout Options) throws(CommandLineError) in
      let prefixed: InterfaceAddress<Address> = try word.prefixedAddress()
      options.source = prefixed.address
    },
    .value("tos", .short("dsfield")) { (word: Word, options: inout Options) throws(CommandLineError) in
      options.tos = try word.serviceType(orWrong: "TOS value is invalid")
    },
    .value("iif") { (word: Word, options: inout Options) in options.inputDevice = word },
    .value("mark") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.mark = try word.u32(orWrong: "invalid mark value")
    },
    .value("oif", "dev") { (word: Word, options: inout Options) in options.outputDevice = word },
    .unsupported("notify", "connected"),
    .value("vrf") { (word: Word, options: inout Options) in options.vrf = word },
    .value("uid") { (word: Word, _: inout Options) throws(CommandLineError) in
      _ = try word.u32(orWrong: "invalid UID")
    },
    .flag(.short("fibmatch")) { $0.wantsMatchedRoute = true },
    .unsupported("as"),
    .value("sport") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.sourcePort = UInt16(try word.unsigned(through: 65_535, orWrong: "invalid sport"))
    },
    .value("dport") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.destinationPort = UInt16(try word.unsigned(through: 65_535, orWrong: "invalid dport"))
    },
    .value("ipproto") { (word: Word, options: inout Options) throws(CommandLineError) in
      guard let number = NameTable.ipProtocols.number(word, through: 255) else {
        throw word.wrong("Invalid \"ipproto\" value")
      }
      options.ipProtocol = UInt8(number)
    },
    .unsupported(.short("help")),
    .value("to") { (word: Word, options: inout Options) throws(CommandLineError) in
      try options.setDestination(word)
    },
  ]) }

  private let options: Options
  private let form: IPOptions

  init(_ words: inout WordReader, _ form: IPOptions) throws(CommandLineError) {
    var options = Options()
    try Self.grammar.read(&words, into: &options) { (_, word, options) throws(CommandLineError) in
      try options.setDestination(word)
    }
    guard options.destination != nil else {
      throw CommandLineError("need at least a destination address", range: words.endRange)
    }
    self.options = options
    self.form = form
  }

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let question = try question(context)
    let answer: RouteAnswerOf<Address>
    do {
      answer = try Address.resolve(question, context)
    } catch {
      throw CommandStop(error, range: context.range)
    }
    if let route = answer.matchedRoute, question.wantsMatchedRoute {
      var words = WordReader([], end: 0)
      guard let everything = try? RouteSelection<Address>(&words) else { preconditionFailure("no words, no error") }
      var filter = RouteFilter(selection: everything)
      filter.table = nil
      return IPRouteText(filter: filter, options: form).listing([route])
    }
    // Until its rules change for the first time, a kernel keeps local and main in one table and does not tell them apart.
    let hasOwnRules = !Address.isIPv6 && context.controller.hasChangedRules(in: context.namespace)
    let text = IPRouteAnswerText(question: question, inputDevice: options.inputDevice?.text, options: form)
    return form.form.text([text.record(answer, tellsLocalTable: hasOwnRules)])
  }

  func lookup(_ context: CommandContext) throws(CommandStop) -> RouteLookupSteps {
    RouteLookupSteps(isIPv6: Address.isIPv6, steps: Address.walk(try question(context), context))
  }

  private func question(_ context: CommandContext) throws(CommandStop) -> RouteQuestionOf<Address> {
    guard let destination = options.destination else { preconditionFailure("checked when the line was read") }
    var question = RouteQuestionOf<Address>(destination: destination)
    question.source = options.source.flatMap { $0.bits == 0 ? nil : $0 }
    if let device = options.inputDevice { question.inputDevice = try context.device(device) }
    if let device = options.outputDevice { question.outputDevice = try context.device(device) }
    if let vrf = options.vrf {
      _ = try context.vrfTable(vrf)
      question.outputDevice = try context.device(vrf)
    }
    question.mark = options.mark
    question.tos = options.tos
    question.ipProtocol = options.ipProtocol
    question.sourcePort = options.sourcePort
    question.destinationPort = options.destinationPort
    question.wantsMatchedRoute = options.wantsMatchedRoute
    return question
  }
}

/// The answer of `ip route get`.
struct IPRouteAnswerText<Address: CommandAddress> {
  let question: RouteQuestionOf<Address>
  let inputDevice: String?
  let options: IPOptions

  func record(_ answer: RouteAnswerOf<Address>, tellsLocalTable: Bool) -> Record {
    if Address.isIPv6 { return ipv6Record(answer) }
    var record = Record()
    if answer.type != .unicast || options.isDetailed { record.field("type", answer.type.name) }
    record.field("dst", answer.destination.description)
    if let source = question.source { record.field("from", source.description, before: "from ") }
    if let gateway = answer.gateway { append(gateway, to: &record) }
    record.field("dev", answer.deviceName, before: "dev ")
    if tellsTable(answer, tellsLocalTable) {
      record.field("table", NameTable.routingTables.name(answer.table), before: "table ")
    }
    if let source = answer.source, question.source == nil, inputDevice == nil {
      record.field("prefsrc", source.description, before: "src ")
    }
    // The kernel's flag of a multicast answer is the bit that iproute2 knows by this name.
    let flags = answer.type == .multicast ? ["rt_offload_failed"] : []
    record.field("flags", .strings(flags), flags.map { $0 + " " }.joined())
    if question.mark != 0 {
      let mark = question.mark < 16 ? String(question.mark) : "0x" + String(question.mark, radix: 16)
      record.field("mark", .number(Int(question.mark)), "mark \(mark) ")
    }
    if inputDevice == nil { record.field("uid", 0, before: "uid ") }
    let cache = answer.cacheFlags
    record.field(
      "cache", .strings(cache), "\n    cache \(cache.isEmpty ? "" : "<\(cache.joined(separator: ","))> ")")
    if let mtu = answer.mtu { RouteWords.append(mtu: mtu, isLocked: answer.isMTULocked, to: &record) }
    if let inputDevice { record.field("iif", inputDevice, before: "iif ") }
    record.words("\n")
    return record
  }

  private func append(_ gateway: IPAddress, to record: inout Record) {
    if gateway.isIPv6 != Address.isIPv6 { return RouteWords.append(foreignGateway: gateway, to: &record) }
    record.field("gateway", gateway.description, before: "via ")
  }

  /// IPv6 answers with a route, as it would be listed, and the addresses in front.
  private func ipv6Record(_ answer: RouteAnswerOf<Address>) -> Record {
    var record = Record()
    if answer.type != .unicast || options.isDetailed { record.field("type", answer.type.name) }
    record.field("dst", answer.destination.description)
    record.field("from", question.source?.description ?? "::", before: "from ")
    if let gateway = answer.gateway { append(gateway, to: &record) }
    record.field("dev", answer.deviceName, before: "dev ")
    if options.isDetailed || answer.table != RoutingTableNumber.main {
      record.field("table", NameTable.routingTables.name(answer.table), before: "table ")
    }
    if answer.protocol != .boot || options.isDetailed {
      record.field("protocol", answer.protocol.name, before: "proto ")
    }
    if options.isDetailed { record.field("scope", RouteScope.universe.name, before: "scope ") }
    if let source = answer.source { record.field("prefsrc", source.description, before: "src ") }
    record.field("metric", Int(answer.metric), before: "metric ")
    record.field("flags", .strings([]), "")
    if let expiry = answer.expiry { record.field("expires", expiry, before: "expires ", after: "sec ") }
    if let mtu = answer.mtu { RouteWords.append(mtu: mtu, isLocked: answer.isMTULocked, to: &record) }
    if let inputDevice { record.field("iif", inputDevice, before: "iif ") }
    record.field("pref", answer.preference.name, before: "pref ", after: "")
    record.words("\n")
    return record
  }

  private func tellsTable(_ answer: RouteAnswerOf<Address>, _ tellsLocalTable: Bool) -> Bool {
    if options.isDetailed { return true }
    guard answer.prefix != nil else { return false }
    if answer.table == RoutingTableNumber.local { return tellsLocalTable }
    return answer.table != RoutingTableNumber.main
  }
}
