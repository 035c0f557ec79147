import NetworkAddresses
import DiscreteEvents
import NetworkStack

extension PingText {
  /// The lines and the sums of a ping under way.
  struct Report {
    let text: PingText
    private var output = CommandOutput()
    private var start = Instant.zero
    private var lastSend: Instant?
    private var transmitted = 0
    private var received = 0
    private var duplicates = 0
    private var errors = 0
    /// The highest sequence number that was answered in some way.
    private var acknowledged = 0
    /// The number of the last request that the rules of this machine did not let out.
    private var refusedSequence: Int?
    /// The most requests that were under way at once when an answer came.
    private var pipe = 0
    /// Round trips in microseconds.
    private var roundTrips: [Int64] = []
    /// Eight times their moving average.
    private var weighted: Int64 = 0

    init(text: PingText) {
      self.text = text
    }

    mutating func add(_ event: SessionEvent) {
      switch event.what {
      case .started(let source):
        start = event.instant
        output.standardOutput += text.header(source: source)
        output.standardError += text.warnings(source: source)
      case .allowedBroadcast: output.standardError += "WARNING: pinging broadcast address\n"
      case .sent(let sequence):
        addRequest(sequence, event.instant)
        if text.options.isFlood { mark(".") }
      case .reply(let reply): addReply(reply, event.instant)
      case .error(let error):
        acknowledge(error.sequence)
        errors += 1
        if text.options.isFlood { mark("\u{8}E") } else { tell(text.line(error), event.instant) }
        // The original tells of a refusal where the error queue is not empty, as behind a rule that rejects.
        if error.sequence == refusedSequence && !text.options.isQuiet {
          output.standardError += "ping: sendmsg: \(LinuxErrno.operationNotPermitted.message)\n"
        }
      case .redirected(let sequence, let from, let code, let gateway):
        tell(
          "From \(from): icmp_seq=\(sequence & 0xffff) \(ICMPErrorWords.redirect(code))(New nexthop: \(gateway))",
          event.instant)
      case .sendFailed(let sequence, let errno):
        addRequest(sequence, event.instant)
        if errno == .operationNotPermitted { refusedSequence = sequence }
        // The original tells only of a full queue: of others it takes the empty error queue for an answer.
        if errno == .noBufferSpace && !text.options.isQuiet {
          output.standardError += "ping: sendmsg: \(errno.message)\n"
        }
      case .messageTooLong(let sequence, let mtu):
        addRequest(sequence, event.instant)
        // The original counts it before it looks whether to be quiet, for IPv4 alone.
        if !text.options.isQuiet || !text.request.destination.isIPv6 { errors += 1 }
        if text.options.isFlood {
          mark("E")
        } else if !text.options.isQuiet {
          output.standardError += "ping: local error: message too long, mtu\(text.request.destination.isIPv6 ? ": " : "=")\(mtu)\n"
        }
      case .receiveFailed, .timedOut, .received, .burstEnded, .connection, .connectionNotice, .startFailed, .finished: break
      }
    }

    /// Counts a request; with `-O`, the one before it may be outstanding.
    private mutating func addRequest(_ sequence: Int, _ instant: Instant) {
      if text.options.tellsOutstanding, sequence > 1, acknowledged < sequence - 1 {
        tell("no answer yet for icmp_seq=\((sequence - 1) & 0xffff)", instant)
      }
      transmitted = max(transmitted, sequence)
      lastSend = instant
    }

    private mutating func addReply(_ reply: SessionEvent.Reply, _ instant: Instant) {
      acknowledge(reply.sequence)
      if reply.isDuplicate { duplicates += 1 } else { received += 1 }
      if text.request.payloadSize >= 16 { add(roundTrip: reply.roundTrip / 1_000) }
      if text.options.isFlood { mark("\u{8} \u{8}") } else { tell(text.line(reply), instant) }
    }

    private mutating func add(roundTrip: Int64) {
      roundTrips.append(roundTrip)
      weighted = weighted == 0 ? roundTrip * 8 : weighted + roundTrip - weighted / 8
    }

    /// What a flood prints of a packet.
    private mutating func mark(_ mark: String) {
      if !text.options.isQuiet { output.standardOutput += mark }
    }

    private mutating func acknowledge(_ sequence: Int) {
      pipe = max(pipe, transmitted - sequence + 1)
      acknowledged = max(acknowledged, sequence)
    }

    private mutating func tell(_ line: String, _ instant: Instant) {
      if text.options.isQuiet { return }
      if text.options.tellsTime {
        let microseconds = instant.nanoseconds / 1_000
        let fraction = String(microseconds % 1_000_000)
        output.standardOutput += "[\(microseconds / 1_000_000)."
        output.standardOutput += String(repeating: "0", count: 6 - fraction.utf8.count) + fraction + "] "
      }
      output.standardOutput += line + "\n"
    }

    /// The statistics.
    mutating func finish() -> CommandOutput {
      var lines = "\n--- \(text.name) ping statistics ---\n"
      lines += "\(transmitted) packets transmitted, \(received) received"
      if duplicates > 0 { lines += ", +\(duplicates) duplicates" }
      if errors > 0 { lines += ", +\(errors) errors" }
      if transmitted > 0 {
        lines += ", \(loss)% packet loss"
        lines += ", time \(((lastSend ?? start) - start) / 1_000_000)ms"
      }
      lines += "\n"
      var last: [String] = []
      if received > 0 && !roundTrips.isEmpty { last.append(roundTripText) }
      if pipe > 1 { last.append("pipe \(pipe)") }
      if received > 0, transmitted > 1, text.options.isFlood || text.request.interval == 0 { last.append(paceText) }
      output.standardOutput += lines + last.joined(separator: ", ") + "\n"
      let isIncomplete = text.request.deadline != nil && text.request.count.map { received < $0 } ?? false
      output.exitCode = received == 0 || isIncomplete ? 1 : 0
      return output
    }

    /// As printf's `%g` prints the share: six digits that count, without zeros at the end.
    private var loss: String {
      let lost = (transmitted - received) * 100
      if lost % transmitted == 0 { return String(lost / transmitted) }
      let whole = lost / transmitted
      let decimals = whole >= 10 ? 4 : 5
      var scale = 1
      for _ in 0..<decimals { scale *= 10 }
      let scaled = (lost * scale + transmitted / 2) / transmitted
      let fraction = String(scaled % scale)
      var digits = (String(repeating: "0", count: decimals - fraction.utf8.count) + fraction)[...]
      while digits.hasSuffix("0") { digits = digits.dropLast() }
      return digits.isEmpty ? String(scaled / scale) : "\(scaled / scale).\(digits)"
    }

    /// The time between requests, and the moving average of round trips.
    private var paceText: String {
      let gap = ((lastSend ?? start) - start) / 1_000 / Int64(transmitted - 1)
      return "ipg/ewma \(Milliseconds.thousandths(gap))/\(Milliseconds.thousandths(weighted / 8)) ms"
    }

    private var roundTripText: String {
      let count = Int64(roundTrips.count)
      let sum = roundTrips.reduce(0, +)
      let squares = roundTrips.reduce(0) { $0 + $1 * $1 }
      let average = sum / count
      let variance =
        sum < Int64(Int32.max) ? (squares - sum * sum / count) / count : squares / count - average * average
      let values = [roundTrips.min() ?? 0, average, roundTrips.max() ?? 0, squareRoot(variance)]
      return "rtt min/avg/max/mdev = \(values.map(Milliseconds.thousandths).joined(separator: "/")) ms"
    }

    /// The integer part of the square root.
    private func squareRoot(_ value: Int64) -> Int64 {
      guard value > 0 else { return 0 }
      var low: Int64 = 0
      var high = min(value, 3_037_000_499)
      while low < high {
        let middle = (low + high + 1) / 2
        if middle <= value / middle { low = middle } else { high = middle - 1 }
      }
      return low
    }
  }
}
