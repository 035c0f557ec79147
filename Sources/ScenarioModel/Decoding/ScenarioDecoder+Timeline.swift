import NetworkAddresses

/// Timeline entries and their actions.
extension ScenarioDecoder {
  func timelineEntry(_ reader: ValueReader) -> TimelineEntry? {
    guard let object = reader.object(TimelineShapes.entry) else { return nil }
    let at = object["at"]?.quantity(ScenarioDuration.kind) { text throws(ValueError) in try StartTime(text) }
    let background = object["background"]?.boolean()
    let on = object["on"].flatMap(namespaceName)
    let id = object["id"]?.name(.identifier)
    let given = actions(of: object)
    checkPlace(of: given, object)
    let action = given.count == 1 ? action(given[0], object) : nil
    if given == ["listen"], let background, !background.value {
      log.error("'listen' always runs in the background", at: background.place)
    }
    // What failed was reported; the entry stays, so that expectations find its id.
    return TimelineEntry(
      place: object.place, description: object.prose, id: id, at: at?.value ?? .afterPrevious(.zero), on: on,
      runsInBackground: given == ["listen"] || background?.value == true,
      action: action ?? .run(Located("", at: object.place)))
  }

  /// The keys given that are actions; anything but one is reported.
  private func actions(of object: ObjectReader) -> [String] {
    let words = TimelineShapes.actionNames
    let given = object.members.compactMap { words.contains($0.name) ? $0.name : nil }
    if given.isEmpty {
      log.error(
        "an entry has one action: \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")",
        at: object.place)
    }
    for extra in given.dropFirst() {
      log.error(
        "'\(extra)' is a second action beside '\(given[0])'; an entry has one", at: object.keyPlace(extra))
    }
    return given
  }

  private func checkPlace(of actions: [String], _ object: ObjectReader) {
    guard actions.count == 1, let action = actions.first else { return }
    if TimelineShapes.actionsOnMachine.contains(action) {
      if !object.has("on") {
        log.error(
          "'\(action)' needs 'on': the machine or namespace it happens on", at: object.keyPlace(action))
      }
    } else if object.has("on") {
      log.error("'on' has no meaning with '\(action)'", at: object.keyPlace("on"))
    }
  }

  private func action(_ name: String, _ object: ObjectReader) -> Action? {
    guard let reader = object[name] else { return nil }
    switch name {
    case "run": return commandLine(reader).map { .run($0) }
    case "udp": return udp(reader).map { .udp($0) }
    case "listen": return listen(reader).map { .listen($0) }
    case "link": return linkChange(reader).map { .link($0) }
    case "replay": return replay(reader).map { .replay($0) }
    case "pause": return reader.duration().map { .pause($0) }
    case "tcp": return tcp(reader).map { .tcp($0) }
    case "burst": return burst(reader).map { .burst($0) }
    default: preconditionFailure("the action \(name) is in the shape, but not decoded")
    }
  }

  private func udp(_ reader: ValueReader) -> UDPExchange? {
    guard let object = reader.object(TimelineShapes.udp) else { return nil }
    let (to, name, from) = ends(object)
    return UDPExchange(
      place: object.place, to: to, toName: name, from: from,
      size: object["size"]?.integer(0...65507)?.value ?? 32,
      count: object["count"]?.integer(1...100_000)?.value ?? 1,
      interval: object["interval"]?.duration()?.value ?? .milliseconds(100),
      timeout: object["timeout"]?.duration()?.value ?? .seconds(3),
      ttl: object["ttl"]?.integer(1...255)?.value,
      df: object["df"]?.word(PathMTUDiscovery.self)?.value ?? .want,
      isConnected: object["connected"]?.boolean()?.value ?? true, device: object["device"]?.name(.interface),
      vrf: object["vrf"]?.name(.interface))
  }

  private func tcp(_ reader: ValueReader) -> TCPExchange? {
    guard let object = reader.object(TimelineShapes.tcp) else { return nil }
    let (to, name, from) = ends(object)
    return TCPExchange(
      place: object.place, to: to, toName: name, from: from, size: object["size"]?.integer(1...1_000_000)?.value ?? 32,
      timeout: object["timeout"]?.duration()?.value ?? .seconds(3), device: object["device"]?.name(.interface),
      vrf: object["vrf"]?.name(.interface))
  }

  private func burst(_ reader: ValueReader) -> PacketBurst? {
    guard let object = reader.object(TimelineShapes.burst) else { return nil }
    let (to, name, from) = ends(object)
    if name != nil { log.error("a burst goes to an address, not to a name", at: to.place) }
    return PacketBurst(
      place: object.place, to: to, from: from, size: object["size"]?.integer(0...65507)?.value ?? 32,
      count: object["count"]?.integer(1...100_000_000)?.value ?? 1,
      rate: object["rate"]?.integer(1...1_000_000_000)?.value ?? 1_000_000,
      flows: object["flows"]?.integer(1...4_096)?.value ?? 1, ttl: object["ttl"]?.integer(1...255)?.value,
      device: object["device"]?.name(.interface), vrf: object["vrf"]?.name(.interface))
  }

  /// The two ends of an exchange; one that is missing or wrong was reported.
  private func ends(
    _ object: ObjectReader
  ) -> (to: Located<SocketAddress>, name: String?, from: Located<SocketAddress>?) {
    var name: String?
    let to = object["to"]?.text("an address and port") { text throws(ValueError) in
      // An address of IPv6 without brackets begins like a name.
      if IPv6Address(text) == nil, let named = try SocketAddress.named(text) {
        name = named.name
        return SocketAddress(address: .v4(.unspecified), port: named.port)
      }
      return try SocketAddress(text)
    }
    let from = object["from"]?.text("an address and port") { text throws(ValueError) in
      try SocketAddress(text, portIsOptional: true)
    }
    if object.has("device"), object.has("vrf") {
      log.error(
        "give 'device' or 'vrf', not both: a socket is bound to one of them", at: object.keyPlace("vrf"))
    }
    return (to ?? Located(SocketAddress(address: .v4(.unspecified), port: 0), at: object.place), name, from)
  }

  private func listen(_ reader: ValueReader) -> Listener? {
    guard let object = reader.object(TimelineShapes.listen) else { return nil }
    let port = port(object)
    let reply = object["reply"]?.word(ReplyPolicy.self)?.value ?? .echo
    let count = object["count"]?.integer(1...100_000)?.value ?? 1
    let timeout = object["timeout"]?.duration()?.value ?? .seconds(3)
    let address = object["address"].flatMap(address)
    let vrf = object["vrf"]?.name(.interface)
    return port.map {
      Listener(
        place: object.place, port: $0, reply: reply, count: count, timeout: timeout, address: address,
        vrf: vrf)
    }
  }

  private func linkChange(_ reader: ValueReader) -> LinkChange? {
    guard let object = reader.object(TimelineShapes.linkChange) else { return nil }
    if !["up", "delay", "rate", "loss"].contains(where: object.has) {
      log.error("nothing is changed; give 'up', 'delay', 'rate' or 'loss'", at: object.place)
    }
    return LinkChange(
      place: object.place, endpoints: endpointPair(object), linkIndex: -1,
      isUp: object["up"]?.boolean()?.value,
      delay: object["delay"]?.duration()?.value, rate: object["rate"].flatMap(rate)?.value,
      loss: object["loss"].flatMap(loss)?.value)
  }

  private func replay(_ reader: ValueReader) -> CaptureReplay? {
    guard let object = reader.object(TimelineShapes.replay) else { return nil }
    let file = object["file"]?.string()
    let into = object["into"].flatMap(endpoint)
    guard let file, let into else { return nil }
    if file.value.isEmpty || file.value.utf8.contains(0) {
      log.error("\(quoted(file.value)) is not a file name", at: file.place)
    }
    return CaptureReplay(place: object.place, file: file, into: into)
  }
}
