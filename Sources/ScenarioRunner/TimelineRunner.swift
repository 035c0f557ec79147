internal import NetworkAddresses
internal import DiscreteEvents
internal import LinuxCommands
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// Lets a scenario's timeline happen.
///
/// Stage *run*: from a built network to the entries of a ``ScenarioResult``.
struct TimelineRunner {
  /// How long a run goes on at most after the last entry ended, in nanoseconds.
  static let longestTail: Int64 = 60_000_000_000
  /// How long a foreground program may take before the run is given up, in nanoseconds of virtual time.
  static let longestProgram: Int64 = 24 * 3_600 * 1_000_000_000

  private let compiled: CompiledScenario
  private let builder: ScenarioBuilder
  private let options: RunOptions
  private let drain: () throws(RunFailure) -> Void
  /// The instants at which somebody looks at the state, those that are still to come.
  private var observations: [Instant]
  private let observe: (Instant) -> Void
  private let limit: Instant
  private(set) var entries: [ScenarioResult.Entry] = []
  /// The places in `entries` of those whose program runs still, as far as is known.
  private var unended: [Int] = []
  /// The place in `entries` of the last one that others wait for.
  private var foreground: Int?
  private var containerServices: ContainerServices

  private var control: Controller { builder.control }
  private var simulation: Simulation { builder.control.simulation }
  private var scenario: Scenario { compiled.scenario }

  /// - Parameters:
  ///   - observations: instants at which `observe` is called, in order; the run goes on through the last one.
  ///   - drain: empties the capture buffer.
  init(
    _ compiled: CompiledScenario, _ builder: ScenarioBuilder, _ options: RunOptions, observations: [Instant] = [],
    observe: @escaping (Instant) -> Void = { _ in }, drain: @escaping () throws(RunFailure) -> Void
  ) {
    self.observations = observations
    self.observe = observe
    self.compiled = compiled
    self.builder = builder
    containerServices = ContainerServices(builder)
    self.options = options
    self.drain = drain
    let until = compiled.scenario.until.map { Instant(nanoseconds: $0.nanoseconds) }
    limit = min(options.until ?? .distantFuture, until ?? .distantFuture)
    entries.reserveCapacity(compiled.scenario.timeline.count)
    simulation.reserve(sessions: compiled.scenario.timeline.count)
  }

  /// - Returns: whether the run was interrupted.
  mutating func run() throws(RunFailure) -> Bool {
    try runTimeline()
    try runTail()
    collectOutputs()
    return isInterrupted
  }

  /// Lets the timeline happen through an instant, and leaves programs running.
  mutating func runTimeline(through instant: Instant) throws(RunFailure) {
    try runTimeline()
    try advance(to: instant)
    noteEndedSessions()
  }

  private mutating func runTimeline() throws(RunFailure) {
    for (place, entry) in scenario.timeline.enumerated() {
      try advance(toStartOf: entry)
      if isInterrupted { break }
      if simulation.now >= limit && limit != .distantFuture && startInstant(of: entry) > limit { break }
      try start(entry, place)
    }
    try finishForeground()
    // A pause at the end says how long to watch.
    if let end = foreground.flatMap({ entries[$0].ended }), end > simulation.now { try advance(to: end) }
  }

  private var isInterrupted: Bool { options.isInterrupted() }

  // MARK: - Time

  /// When an entry starts: at its time, or some time after the foreground entry before it has ended.
  private func startInstant(of entry: TimelineEntry) -> Instant {
    switch entry.at {
    case .absolute(let time): return max(Instant(nanoseconds: time.nanoseconds), simulation.now)
    case .afterPrevious(let pause):
      let previous = foreground.flatMap { entries[$0].ended } ?? .zero
      return max(previous + pause.nanoseconds, simulation.now)
    }
  }

  private mutating func advance(toStartOf entry: TimelineEntry) throws(RunFailure) {
    if case .afterPrevious = entry.at { try finishForeground() }
    try advance(to: startInstant(of: entry))
    noteEndedSessions()
  }

  /// Waits for the foreground entry.
  private mutating func finishForeground() throws(RunFailure) {
    guard let place = foreground, entries[place].ended == nil, let session = entries[place].session else { return }
    let end = min(limit, entries[place].started + Self.longestProgram)
    while simulation.end(of: session) == nil {
      switch run(through: end, orUntilEndOf: session) {
      case .sessionEnded: break
      case .captureIsFull: try drain()
      case .exhausted(let budget): throw .exhausted(explanation(budget))
      case .reachedLimit, .interrupted: simulation.stop(session)
      }
    }
    noteEndedSessions()
  }

  private mutating func noteEndedSessions() {
    let places = unended
    unended = []
    for place in places {
      entries[place].ended = entries[place].session.flatMap { simulation.end(of: $0) }
      if entries[place].ended != nil { followUp(place) } else { unended.append(place) }
    }
  }

  /// A container that was run for its program ends with it.
  private mutating func followUp(_ place: Int) {
    guard let session = entries[place].session, let program = programs[place], let followUp = program.followUp,
      let name = entries[place].entry.on?.value, let namespace = builder.namespace(name)
    else { return }
    let exitCode = program.output(of: simulation.session(session).events).exitCode
    // It asks for nothing that the engine did not take when the container was made.
    guard case .finished(let output) = try? CommandInterpreter(control, engines: builder.engines).run(followUp(exitCode), in: namespace)
    else { preconditionFailure("the end of a container takes no time") }
    entries[place].expansion? += output.expansion ?? []
  }

  /// The address of a container's name.
  private func address(
    of name: String, _ place: SourcePlace, _ namespace: NamespaceID, _ result: inout ScenarioResult.Entry
  ) throws(RunFailure) -> IPAddress {
    guard let found = builder.engines.resolve(name, in: namespace, control) else {
      throw .invalid([
        place.issue("\(control.endpointName(of: namespace)) knows no name '\(name)' at \(SecondsText.text(simulation.now))")
      ])
    }
    result.resolvedName = ResolvedName(name: name, address: found.address, network: found.network)
    return found.address
  }

  /// Lets time pass, with a stop wherever somebody looks at the state.
  private mutating func run(through limit: Instant, orUntilEndOf session: SessionID? = nil) -> RunOutcome {
    while let next = observations.first, next <= limit {
      let outcome = simulation.run(through: next, orUntilEndOf: session)
      guard outcome == .reachedLimit else { return outcome }
      observe(observations.removeFirst())
    }
    return simulation.run(through: limit, orUntilEndOf: session)
  }

  private mutating func advance(to instant: Instant) throws(RunFailure) {
    let target = min(instant, limit)
    while true {
      switch run(through: target) {
      case .reachedLimit, .interrupted: return
      case .captureIsFull: try drain()
      case .sessionEnded: break
      case .exhausted(let budget): throw .exhausted(explanation(budget))
      }
    }
  }

  /// After the last entry: until nothing is under way any more, unless a pause or `until` says how long to watch.
  private mutating func runTail() throws(RunFailure) {
    if limit != .distantFuture {
      try advance(to: limit)
    } else if !endsWithPause {
      let end = simulation.now + Self.longestTail
      while let next = simulation.nextEvent, next <= end, isSomethingUnderWay, !isInterrupted { try advance(to: next) }
    }
    if let last = observations.last, !isInterrupted { try advance(to: last) }
    try drain()
    noteEndedSessions()
  }

  private var endsWithPause: Bool {
    if case .pause = scenario.timeline.last?.action { return true }
    return false
  }

  private var isSomethingUnderWay: Bool {
    simulation.packetCount > 0
      || entries.contains { entry in
        guard let session = entry.session, simulation.end(of: session) == nil else { return false }
        // A server waits for ever; that is nothing under way.
        switch simulation.session(session).request {
        case .udpService(let request), .tcpService(let request): return request.timeout != nil
        case .connectionListener, .proxy: return false
        case .ping, .traceroute, .arping, .udpSender, .tcpClient, .burst: return true
        }
      }
  }

  private func explanation(_ budget: RunOutcome.Budget) -> String {
    let time = SecondsText.text(simulation.now)
    let busiest = control.allDevices.map { (control.link($0).counters.transmittedPackets, $0) }
      .max { $0.0 < $1.0 }
    let place = busiest.map { ", most of them by \(control.endpointName(of: $0.1)) (\($0.0) frames sent)" } ?? ""
    switch budget {
    case .eventsPerInstant:
      return "stopped at \(time): \(options.bounds.eventsPerInstant) events at one instant\(place); "
        + "frames go round without end, as in a loop of bridges"
    case .events:
      return "stopped at \(time): \(options.bounds.events) events\(place)"
    case .sessionEvents:
      return "stopped at \(time): a program saw more than \(options.bounds.sessionEvents) packets and answers"
    case .packets:
      return "stopped at \(time): more than \(options.bounds.packets) packets under way again and again\(place); "
        + "frames multiply without end, as in a loop of bridges"
    }
  }

  // MARK: - Entries

  private mutating func start(_ entry: TimelineEntry, _ place: Int) throws(RunFailure) {
    var result = ScenarioResult.Entry(timeline: scenario.timeline, place: place, started: simulation.now)
    switch entry.action {
    case .run(let text): try runCommand(text, place, &result)
    case .udp(let exchange):
      let namespace = try namespace(of: entry)
      var request = try request(exchange, namespace)
      if let name = exchange.toName {
        request.destination = try address(of: name, exchange.to.place, namespace, &result)
      }
      result.session = simulation.start(.udpSender(request), in: namespace)
    case .tcp(let exchange):
      let namespace = try namespace(of: entry)
      var request = try request(exchange, namespace)
      if let name = exchange.toName {
        request.destination = try address(of: name, exchange.to.place, namespace, &result)
      }
      result.session = simulation.start(.tcpClient(request), in: namespace)
    case .burst(let burst):
      let namespace = try namespace(of: entry)
      result.session = simulation.start(.burst(try request(burst, namespace)), in: namespace)
    case .listen(let listener):
      let namespace = try namespace(of: entry)
      result.session = simulation.start(try request(listener, namespace), in: namespace)
    case .link(let change):
      control.changeCable(
        builder.cables[change.linkIndex], delay: change.delay?.nanoseconds, rate: change.rate?.bitsPerSecond,
        loss: change.loss.map { UInt64($0.partsPerBillion) }, isUp: change.isUp)
    case .replay(let replay): try self.replay(replay, place, &result)
    case .pause(let duration): result.ended = simulation.now + duration.nanoseconds
    }
    if result.session == nil && result.ended == nil { result.ended = simulation.now }
    if let session = result.session, simulation.end(of: session) != nil { result.ended = simulation.now }
    entries.append(result)
    if result.ended == nil { unended.append(entries.count - 1) }
    if !entry.runsInBackground {
      foreground = entries.count - 1
      try checkEnds(entries.count - 1)
    }
  }

  private func namespace(of entry: TimelineEntry) throws(RunFailure) -> NamespaceID {
    guard let name = entry.on else { preconditionFailure("the decoder requires 'on' for programs") }
    guard let namespace = builder.namespace(name.value) else {
      throw .invalid([name.place.issue("there is no namespace '\(name.value)' at \(SecondsText.text(simulation.now))")])
    }
    return namespace
  }

  private mutating func runCommand(
    _ text: Located<String>, _ place: Int, _ result: inout ScenarioResult.Entry
  ) throws(RunFailure) {
    guard let command = compiled.timelineCommands[place] else {
      preconditionFailure("every command line of the timeline was compiled")
    }
    let namespace = try namespace(of: result.entry)
    builder.begin(text.place)
    defer { control.setOrigin(.none) }
    var started: ScenarioIssue?
    do throws(CommandLineError) {
      switch try CommandInterpreter(control, engines: builder.engines).run(command, in: namespace) {
      case .finished(let output):
        (result.output, result.expansion) = (output, output.expansion)
        started = containerServices.follow(builder)
      case .session(let program):
        if options.keepsOutputs || program.followUp != nil { programs[place] = program }
        (result.expansion, result.resolvedName) = (program.expansion, program.resolvedName)
        result.session = simulation.start(program.request, in: program.namespace)
      }
    } catch {
      throw .invalid([text.issue(error)])
    }
    if let started { throw .invalid([started]) }
  }

  /// The programs that take time, by the place of their entry.
  private var programs: [Int: SessionCommand] = [:]

  /// A foreground program that never ends would keep the rest from happening.
  private func checkEnds(_ place: Int) throws(RunFailure) {
    guard let session = entries[place].session, limit == .distantFuture,
      simulation.session(session).request.isEndless
    else { return }
    throw .invalid([
      entries[place].entry.place.issue(
        "this program never ends: give it a count (-c) or a deadline (-w), or make the entry \"background\": true")
    ])
  }

  private func device(
    _ name: Located<String>?, _ what: String, _ namespace: NamespaceID
  ) throws(RunFailure) -> DeviceID? {
    guard let name else { return nil }
    guard let device = control.device(named: name.value, in: namespace) else {
      throw .invalid([
        name.place.issue("\(control.endpointName(of: namespace)) has no \(what) '\(name.value)'")
      ])
    }
    return device
  }

  /// What a socket is bound to: an interface or a VRF, never both.
  private func boundDevice(
    _ interface: Located<String>?, orVRF vrf: Located<String>?, _ namespace: NamespaceID
  ) throws(RunFailure) -> DeviceID? {
    if vrf != nil { return try device(vrf, "VRF", namespace) }
    return try device(interface, "interface", namespace)
  }

  private func request(_ exchange: UDPExchange, _ namespace: NamespaceID) throws(RunFailure) -> UDPSenderRequest {
    var request = UDPSenderRequest(
      destination: exchange.to.value.address, destinationPort: exchange.to.value.port)
    (request.source, request.sourcePort) = (exchange.from?.value.specifiedAddress, exchange.from?.value.port ?? 0)
    request.size = exchange.size
    request.count = exchange.count
    request.interval = exchange.interval.nanoseconds
    request.timeout = exchange.timeout.nanoseconds
    request.ttl = exchange.ttl
    request.pathMTUDiscovery =
      switch exchange.df {
      case .do: .do
      case .dont: .dont
      case .want: .want
      }
    request.isConnected = exchange.isConnected
    request.device = try boundDevice(exchange.device, orVRF: exchange.vrf, namespace)
    return request
  }

  private func request(_ exchange: TCPExchange, _ namespace: NamespaceID) throws(RunFailure) -> TCPClientRequest {
    var request = TCPClientRequest(destination: exchange.to.value.address, destinationPort: exchange.to.value.port)
    (request.source, request.sourcePort) = (exchange.from?.value.specifiedAddress, exchange.from?.value.port ?? 0)
    request.size = exchange.size
    request.timeout = exchange.timeout.nanoseconds
    request.device = try boundDevice(exchange.device, orVRF: exchange.vrf, namespace)
    return request
  }

  private func request(_ burst: PacketBurst, _ namespace: NamespaceID) throws(RunFailure) -> BurstRequest {
    var request = BurstRequest(destination: burst.to.value.address, destinationPort: burst.to.value.port)
    (request.source, request.sourcePort) = (burst.from?.value.specifiedAddress, burst.from?.value.port ?? 0)
    (request.size, request.count, request.rate, request.flows) = (burst.size, burst.count, burst.rate, burst.flows)
    request.ttl = burst.ttl
    request.device = try boundDevice(burst.device, orVRF: burst.vrf, namespace)
    return request
  }

  private func request(_ listener: Listener, _ namespace: NamespaceID) throws(RunFailure) -> SessionRequest {
    SessionRequest.service(
      listener.port, listener.reply, address: listener.address?.value,
      device: try device(listener.vrf, "VRF", namespace), count: listener.count,
      timeout: listener.timeout.nanoseconds)
  }

  private mutating func replay(
    _ replay: CaptureReplay, _ place: Int, _ result: inout ScenarioResult.Entry
  ) throws(RunFailure) {
    guard let device = builder.device(replay.into.value) else {
      throw .invalid([replay.into.place.issue("there is no interface '\(replay.into.value)'")])
    }
    let start = simulation.now
    for frame in options.replays[place] ?? [] {
      try advance(to: start + frame.offset)
      guard simulation.inject(frame.bytes, at: device) else {
        throw .exhausted("replay: no room for a frame of \(frame.bytes.count) bytes")
      }
    }
    try advance(to: simulation.now)
  }

  // MARK: - What programs print

  /// Ends what still runs, and collects what the programs printed.
  private mutating func collectOutputs() {
    for place in entries.indices {
      guard let session = entries[place].session else { continue }
      simulation.stop(session)
      entries[place].ended = simulation.end(of: session)
      guard options.keepsOutputs else { continue }
      let events = simulation.session(session).events
      if let program = programs[place] {
        entries[place].output = program.output(of: events)
      } else {
        entries[place].output = SocketSessionText.output(of: simulation.session(session))
      }
    }
  }
}

extension SessionRequest {
  /// Whether the program goes on until it is stopped.
  fileprivate var isEndless: Bool {
    switch self {
    case .ping(let request): request.count == nil && request.deadline == nil
    case .arping(let request): request.count == nil && request.deadline == nil && !request.endsWithFirstReply
    case .udpService(let request), .tcpService(let request): request.count == nil && request.timeout == nil
    case .connectionListener, .proxy: true
    case .traceroute, .udpSender, .tcpClient, .burst: false
    }
  }

  /// A server as the scenario describes it.
  ///
  /// - Parameters:
  ///   - count: `nil` for never ending.
  ///   - timeout: in nanoseconds; `nil` for none.
  static func service(
    _ port: ServicePort, _ reply: ReplyPolicy, address: IPAddress?, device: DeviceID?, count: Int? = nil,
    timeout: Int64? = nil
  ) -> SessionRequest {
    var request = ServiceRequest(port: port.number.value)
    request.reply = reply == .echo ? .echo : .none
    (request.address, request.device) = (address, device)
    (request.count, request.timeout) = (count, timeout)
    // Nobody reads what a service of a machine prints.
    request.reportsDatagrams = timeout != nil
    return port.transport == .udp ? .udpService(request) : .tcpService(request)
  }
}
