import NetworkAddresses
import NetworkStack

/// What `traceroute` prints.
///
/// Source: the output of Butskoy's traceroute 2.1; traceroute(8).
struct TracerouteText: Sendable {
  /// The destination as it was written.
  let name: String
  let request: TracerouteRequest
  let isNumeric: Bool

  private enum Answer {
    case address(IPAddress, roundTrip: Int64, note: String)
    /// The kernel itself knew that the packet is too long for the path.
    case tooLong(mtu: Int)
    case none
  }

  private var header: String {
    let length = request.packetLength ?? (request.destination.isIPv6 ? 80 : 60)
    return
      "traceroute to \(name) (\(request.destination)), \(request.maximumTTL) hops max, \(length) byte packets"
  }

  /// A system call failed before the first probe left: the header has no end of line then.
  func failure(_ what: String, _ errno: LinuxErrno) -> CommandOutput {
    CommandOutput(standardOutput: header, standardError: "\n\(what): \(errno.message)\n", exitCode: 1)
  }

  func output(_ events: [SessionEvent]) -> CommandOutput {
    var answers: [(sequence: Int, answer: Answer)] = []
    var isCutShort = true
    var failed: LinuxErrno?
    for event in events {
      switch event.what {
      case .startFailed(let operation, let errno):
        return failure(operation == .setDevice ? "setsockopt SO_BINDTODEVICE" : operation.rawValue, errno)
      case .reply(let reply):
        answers.append((reply.sequence, .address(reply.from, roundTrip: reply.roundTrip, note: "")))
      case .error(let error):
        answers.append((error.sequence, .address(error.from, roundTrip: error.roundTrip, note: note(error))))
      case .timedOut(let sequence): answers.append((sequence, .none))
      case .messageTooLong(let sequence, let mtu): answers.append((sequence, .tooLong(mtu: mtu)))
      case .sendFailed(_, let errno): failed = errno
      case .finished: isCutShort = false
      case .started, .redirected, .allowedBroadcast, .sent, .receiveFailed, .received, .burstEnded, .connection, .connectionNotice: break
      }
    }
    if let failed, answers.isEmpty { return failure("send", failed) }
    var output = CommandOutput(standardOutput: header + "\n")
    output.standardOutput += hops(answers)
    // Interrupted, the original ends in the middle of a line.
    if isCutShort { output.exitCode = 130 }
    return output
  }

  private func hops(_ answers: [(sequence: Int, answer: Answer)]) -> String {
    var text = ""
    for hop in request.firstTTL...request.maximumTTL {
      let first = (hop - 1) * request.probesPerHop + 1
      var line = ""
      var previous: IPAddress?
      var isLast = false
      for sequence in first..<first + request.probesPerHop {
        // A probe may be answered after it was given up; the answer counts.
        let entries = answers.filter { $0.sequence == sequence }
        guard let answer = entries.first?.answer else { continue }
        line += self.text(answer, previous: &previous)
        if isFinal(answer) { isLast = true }
      }
      if line.isEmpty { break }
      text += String(hop).indented(to: 2) + " " + line + "\n"
      if isLast { break }
    }
    return text
  }

  private func text(_ answer: Answer, previous: inout IPAddress?) -> String {
    switch answer {
    case .none: return " *"
    case .tooLong(let mtu): return " *  0.000 ms !F-\(mtu)"
    case .address(let address, let roundTrip, let note):
      var text = ""
      if previous != address {
        text += isNumeric ? " \(address)" : " \(address) (\(address))"
        previous = address
      }
      return text + "  \(Milliseconds.thousandths((roundTrip + 500) / 1_000)) ms\(note)"
    }
  }

  /// Whether the trace ends at the hop: the destination, or somebody who knows no way on.
  private func isFinal(_ answer: Answer) -> Bool {
    switch answer {
    case .address(let address, _, let note): address == request.destination || !note.isEmpty
    case .tooLong: true
    case .none: false
    }
  }

  /// What is said of an ICMP error behind the time.
  private func note(_ error: SessionEvent.ICMPErrorReport) -> String {
    if error.from.isIPv6 { return ipv6Note(error) }
    guard error.type == 3 else { return "" }
    switch error.code {
    case 0, 6, 11: return " !N"
    case 1, 7, 12: return " !H"
    case 2: return " !P"
    case 3: return ""
    case 4: return " !F-\(error.mtu)"
    case 5: return " !S"
    case 9, 10, 13: return " !X"
    case 14: return " !V"
    case 15: return " !C"
    default: return " !<\(error.code)>"
    }
  }

  private func ipv6Note(_ error: SessionEvent.ICMPErrorReport) -> String {
    switch (error.type, error.code) {
    case (1, 0): " !N"
    case (1, 1): " !X"
    case (1, 2): " !S"
    case (1, 3): " !H"
    case (1, 4): ""
    case (1, _): " !<\(error.code)>"
    case (2, _): " !F-\(error.mtu)"
    default: ""  // Running out of hops is what a trace is made of.
    }
  }
}
