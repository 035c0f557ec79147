import NetworkAddresses
import NetworkStack

/// What `arping` prints.
///
/// Source: the output of iputils 20221126; arping(8).
struct ArpingText: Sendable {
  let request: ArpingRequest
  let deviceName: String
  let isQuiet: Bool

  func output(_ events: [SessionEvent]) -> CommandOutput {
    var text = ""
    var sent = 0
    var broadcasts = 0
    var received = 0
    var isUnicast = false
    for event in events {
      switch event.what {
      case .startFailed(let step, let errno):
        if step == .chooseSource {
          return CommandOutput(standardError: "arping: no source address in not-DAD mode\n", exitCode: 2)
        }
        let call = step == .connect ? "connect: " : ""
        return CommandOutput(standardError: "arping: \(call)\(errno.message)\n", exitCode: 2)
      case .allowedBroadcast: break
      case .started(let source): text += "ARPING \(request.target) from \(source) \(deviceName)\n"
      case .sent, .sendFailed:
        sent += 1
        if !isUnicast { broadcasts += 1 }
      case .reply(let reply):
        received += 1
        text += line(reply)
        if request.mode == .request && !request.broadcastsOnly { isUnicast = true }
      case .error, .redirected, .receiveFailed, .timedOut, .received, .burstEnded, .connection, .connectionNotice, .messageTooLong, .finished: break
      }
    }
    text += "Sent \(sent) probes (\(broadcasts) broadcast(s))\nReceived \(received) response(s)\n"
    return CommandOutput(standardOutput: isQuiet ? "" : text, exitCode: exitCode(received: received))
  }

  private func line(_ reply: SessionEvent.Reply) -> String {
    let cast = reply.isBroadcast ? "Broadcast" : "Unicast"
    let mac = (reply.mac ?? .zero).description.uppercased()
    // The original adds half a millisecond, as if to round, and does not cut it off again.
    let time = Milliseconds.thousandths(reply.roundTrip / 1_000 + 500)
    return "\(cast) reply from \(reply.from) [\(mac)]  \(time)ms\n"
  }

  private func exitCode(received: Int) -> Int {
    switch request.mode {
    // An answer is bad news.
    case .duplicateAddressDetection: received > 0 ? 1 : 0
    case .unsolicited, .answer: 0
    case .request: received > 0 ? 0 : 1
    }
  }
}
