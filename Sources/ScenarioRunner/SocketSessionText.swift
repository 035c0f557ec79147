internal import LinuxCommands
internal import NetworkAddresses
internal import NetworkStack

/// What the `udp`, `tcp` and `listen` actions print: one line for each thing that a small client or server would tell.
enum SocketSessionText {
  static func output(of session: Session) -> CommandOutput {
    let program: String
    switch session.request {
    case .udpSender: program = "udp-send"
    case .udpService(let request): program = request.reply == .echo ? "udp-echo" : "udp-listen"
    case .tcpClient: program = "tcp-send"
    case .tcpService(let request): program = request.reply == .echo ? "tcp-echo" : "tcp-listen"
    case .burst: program = "burst"
    case .ping, .traceroute, .arping, .connectionListener, .proxy: preconditionFailure("these programs have texts of their own")
    }
    var isClient = false
    if case .tcpClient = session.request { isClient = true }
    var output = CommandOutput()
    for event in session.events {
      guard let line = line(event, isTCPClient: isClient, &output.exitCode) else { continue }
      output.standardOutput += "\(program): \(line)\n"
    }
    return output
  }

  private static func line(_ event: SessionEvent, isTCPClient: Bool, _ exitCode: inout Int) -> String? {
    switch event.what {
    case .started, .allowedBroadcast, .sent, .error, .redirected, .connectionNotice, .finished: return nil
    case .reply(let reply):
      return isTCPClient
        ? "\(reply.bytes) bytes back" : "reply \(reply.bytes) bytes from \(endpoint(reply.from, reply.port))"
    case .sendFailed(_, let error): return "send error \(error.symbol)"
    case .messageTooLong: return "send error EMSGSIZE"
    case .receiveFailed(_, let error): return "recv error \(error.symbol)"
    case .timedOut(let sequence): return sequence > 0 ? "no reply" : "timeout"
    case .received(let bytes, let from, let port): return "\(bytes) bytes from \(endpoint(from, port))"
    case .burstEnded(let sent, let refused):
      return "\(sent) datagrams sent" + (refused > 0 ? ", \(refused) refused" : "")
    case .connection(let event): return line(event, isClient: isTCPClient, &exitCode)
    case .startFailed(let operation, let error):
      exitCode = 1
      return "\(operation.rawValue) error \(error.symbol)"
    }
  }

  private static func endpoint(_ address: IPAddress, _ port: UInt16) -> String {
    address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  private static func line(
    _ event: SessionEvent.ConnectionEvent, isClient: Bool, _ exitCode: inout Int
  ) -> String? {
    switch event {
    case .established(let address, let port): return isClient ? "connected" : "connection from \(endpoint(address, port))"
    case .requestRead(let bytes): return "\(bytes) bytes"
    case .endOfStream(let isClean): return isClean ? "eof" : "more data"
    case .reset: return nil
    case .failed(let isConnecting, let error):
      if isClient { exitCode = 1 }
      return "\(isConnecting ? "connect error" : "error") \(error?.symbol ?? "timeout")"
    }
  }
}
