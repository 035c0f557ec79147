internal import DiscreteEvents
internal import PacketHeaders

/// How far a packet generator is.
struct BurstState: Sendable {
  let request: BurstRequest
  /// Datagrams that the kernel took.
  var sentCount = 0
  /// Datagrams that it refused: no route, or a full queue.
  var refusedCount = 0
}

extension Kernel {
  mutating func startBurst(_ id: SessionID, _ state: BurstState) {
    let request = state.request
    let namespace = sessions[id.index].namespace
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
    sessions[id.index].state = .burst(state)
    report(id, .started(source: request.source ?? request.destination.unspecifiedOfFamily))
    continueBurst(id)
  }

  /// Sends the next datagram, of the flow whose turn it is.
  mutating func continueBurst(_ id: SessionID) {
    guard case .burst(var state) = sessions[id.index].state else { return }
    let request = state.request
    let number = state.sentCount + state.refusedCount
    let socket = sessions[id.index].sockets[number % request.flows]
    var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
    flow.sourcePort = sockets[socket].port
    flow.destinationPort = request.destinationPort
    do throws(LinuxErrno) {
      try sendDatagram(
        id, sequence: number + 1, flow: flow, size: request.size,
        options: SendOptions(timeToLive: request.ttl, pathMTUDiscovery: .want)
      ) { $0.fill(UInt8(ascii: "x")) }
      state.sentCount += 1
    } catch {
      state.refusedCount += 1
    }
    sessions[id.index].state = .burst(state)
    if number + 1 < request.count {
      // The k-th datagram leaves k/rate after the first: no rounding adds up.
      let next = Int64(number + 1) * 1_000_000_000 / Int64(request.rate)
      setSessionTimer(id, at: sessions[id.index].started + next)
    } else {
      report(id, .burstEnded(sent: state.sentCount, refused: state.refusedCount))
      finishSession(id)
    }
  }
}
