internal import DiscreteEvents
internal import PacketHeaders

/// How far a packet generator is.
struct BurstProgress: Sendable, BitwiseCopyable {
  /// Datagrams that the kernel took.
  var sentCount = 0
  /// Datagrams that it refused: no route, or a full queue.
  var refusedCount = 0
}

extension Kernel {
  mutating func startBurst(_ id: SessionID, _ request: BurstRequest) {
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
    report(id, .started(source: request.source ?? request.destination.unspecifiedOfFamily))
    continueBurst(id)
  }

  /// Sends the next datagram, of the flow whose turn it is.
  mutating func continueBurst(_ id: SessionID) {
    guard case .burst(let request) = sessions[id.index].request else { return }
    let number = sessions[id.index].burst.sentCount + sessions[id.index].burst.refusedCount
    let socket = sessions[id.index].sockets[number % request.flows]
    var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
    flow.sourcePort = sockets[socket].port
    flow.destinationPort = request.destinationPort
    do throws(LinuxErrno) {
      try sendDatagram(
        id, sequence: number + 1, flow: flow, size: request.size,
        options: SendOptions(timeToLive: request.ttl, pathMTUDiscovery: .want)
      ) { $0.fill(UInt8(ascii: "x")) }
      sessions[id.index].burst.sentCount += 1
    } catch {
      sessions[id.index].burst.refusedCount += 1
    }
    if number + 1 < request.count {
      // The k-th datagram leaves k/rate after the first: no rounding adds up.
      let next = Int64(number + 1) * 1_000_000_000 / Int64(request.rate)
      setSessionTimer(id, at: sessions[id.index].started + next)
    } else {
      let progress = sessions[id.index].burst
      report(id, .burstEnded(sent: progress.sentCount, refused: progress.refusedCount))
      finishSession(id)
    }
  }
}
