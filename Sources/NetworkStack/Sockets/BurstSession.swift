internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// How far a packet generator is.
struct BurstState: Sendable, BitwiseCopyable {
  let request: BurstRequest
  /// Datagrams that the kernel took.
  var sentCount = 0
  /// Datagrams that it refused: no route, or a full queue.
  var refusedCount = 0
  /// The flow whose turn it is.
  var flow = 0
  /// How long after the first the next datagram is due, in nanoseconds; the fraction that was cut off, times the rate.
  var due: Int64 = 0
  private var fraction = 0
  /// The time between two datagrams, in the same two parts.
  private let interval: (whole: Int64, fraction: Int)

  init(_ request: BurstRequest) {
    self.request = request
    let (whole, fraction) = 1_000_000_000.quotientAndRemainder(dividingBy: request.rate)
    interval = (Int64(whole), fraction)
  }

  /// Turns to the next datagram. The k-th leaves k/rate after the first: no rounding adds up.
  mutating func advance() {
    flow = flow + 1 == request.flows ? 0 : flow + 1
    due += interval.whole
    fraction += interval.fraction
    if fraction >= request.rate { (due, fraction) = (due + 1, fraction - request.rate) }
  }
}

extension Kernel {
  mutating func startBurst(_ id: SessionID, _ request: BurstRequest) {
    let namespace = sessions[id.index].namespace
    sessions[id.index].place = bursts.count
    bursts.append(BurstState(request))
    do throws(LinuxErrno) {
      for flow in 0..<request.flows {
        let socket = try openSocket(
          session: id, namespace: namespace, address: request.source ?? request.destination.unspecifiedOfFamily,
          port: request.sourcePort == 0 ? 0 : request.sourcePort &+ UInt16(truncatingIfNeeded: flow),
          device: request.device)
        sessions[id.index].sockets.append(socket)
      }
    } catch {
      return failToStart(id, .bind, error)
    }
    report(id, .started(source: request.source ?? request.destination.unspecifiedOfFamily))
    continueBurst(id)
  }

  /// Sends the next datagram, of the flow whose turn it is.
  mutating func continueBurst(_ id: SessionID) {
    let place = sessions[id.index].place
    let request = bursts[place].request
    let number = bursts[place].sentCount + bursts[place].refusedCount + 1
    var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
    flow.sourcePort = sockets[sessions[id.index].sockets[bursts[place].flow]].port
    flow.destinationPort = request.destinationPort
    do throws(LinuxErrno) {
      try sendDatagram(
        id, sequence: number, flow: flow, size: request.size,
        options: SendOptions(timeToLive: request.ttl, pathMTUDiscovery: .want)
      ) { $0.fill(UInt8(ascii: "x")) }
      bursts[place].sentCount += 1
    } catch {
      bursts[place].refusedCount += 1
    }
    if number < request.count {
      bursts[place].advance()
      setSessionTimer(id, at: sessions[id.index].started + bursts[place].due)
    } else {
      report(id, .burstEnded(sent: bursts[place].sentCount, refused: bursts[place].refusedCount))
      finishSession(id)
    }
  }
}
