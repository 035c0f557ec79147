public import DiscreteEvents
internal import PacketHeaders

/// A line of a machine's kernel log.
public struct KernelLogLine: Hashable, Sendable {
  public let instant: Instant
  /// As syslog(3) numbers them: 0 through 7.
  public let level: UInt8
  /// Without a newline; the kernel ends what it tells of a packet with a blank.
  public let text: String
}

/// What the kernel of a machine has said, the oldest lines first: `dmesg` shows it.
///
/// Kernel counterpart: `struct printk_ringbuffer` (kernel/printk/printk_ringbuffer.h, v6.12).
struct KernelLog: Sendable {
  /// How many lines are kept, as many as a log of 128 KiB has places for; each further one pushes the oldest out.
  static let bound = 4_096

  private var ring: [KernelLogLine] = []
  /// Where the oldest line stands, once the ring is full.
  private var start = 0
  /// How many lines there have ever been.
  private(set) var total = 0

  /// Complexity: O(1).
  mutating func append(_ line: KernelLogLine) {
    total += 1
    guard ring.count == Self.bound else { return ring.append(line) }
    ring[start] = line
    start = (start + 1) % Self.bound
  }

  var lines: [KernelLogLine] { Array(ring[start...] + ring[..<start]) }
}

extension Kernel {
  /// What `dmesg` shows of a machine's log: the lines behind the last clearing that are still kept.
  package func kernelLog(of machine: MachineID) -> [KernelLogLine] {
    let log = machines[machine.index].log
    let lines = log.lines
    let clearedOfKept = machines[machine.index].clearedLogLines - (log.total - lines.count)
    return Array(lines.dropFirst(max(0, clearedOfKept)))
  }

  /// All lines that are kept, cleared ones too.
  package func wholeKernelLog(of machine: MachineID) -> [KernelLogLine] { machines[machine.index].log.lines }

  /// `dmesg -C`: hides the lines so far from ``kernelLog(of:)``.
  package mutating func clearKernelLog(of machine: MachineID) {
    machines[machine.index].clearedLogLines = machines[machine.index].log.total
  }

  /// Writes what a rule logs of a packet, where the packet's namespace may write at all.
  ///
  /// Kernel counterpart: `nf_log_ip_packet()`, `nf_log_ip6_packet()` (net/netfilter/nf_log_syslog.c, v6.12).
  mutating func log(_ packet: FilteredPacket, _ target: LogTarget) {
    let machine = namespaces[packet.namespace.index].machine
    guard
      packet.namespace == machines[machine.index].initialNamespace
        || machines[machine.index].logsOfAllNamespaces != 0
    else { return }
    var text = PacketLogText(details: target.details)
    text.append(target.prefix)
    appendDevices(of: packet, to: &text)
    // Differs(iptables): `--log-uid` tells the user, who is always root, of UDP, ICMP and ICMPv6 that programs send,
    // not of their TCP.
    let isOfProgram = packet.input == nil && packets[packet.id].flags.isSuperset(of: [.isFromProgram, .isLocallySent])
    text.append(packet, isOfProgram: isOfProgram, mark: packets[packet.id].mark)
    machines[machine.index].log.append(KernelLogLine(instant: now, level: target.level, text: text.text))
  }

  private func loggedName(of device: DeviceID?) -> String {
    guard let device else { return "" }
    return deviceDetails[device.index].name
  }

  private func appendDevices(of packet: FilteredPacket, to text: inout PacketLogText) {
    let metadata = packets[packet.id]
    var input = packet.input
    // Of what is forwarded the last hook knows both devices.
    if packet.hook == .postrouting, metadata.flags.contains(.forwarded) {
      input = l3Master(of: metadata.inputDevice) ?? metadata.inputDevice
    }
    text.append("IN=\(loggedName(of: input)) OUT=\(loggedName(of: packet.output)) ")
    if let port = metadata.bridgeInput, port != input { text.append("PHYSIN=\(loggedName(of: port)) ") }
    if let port = metadata.bridgeOutput, port != packet.output { text.append("PHYSOUT=\(loggedName(of: port)) ") }
    guard let input else { return }
    let length = EthernetView.length
    if devices[input.index].isLoopback {
      text.appendLinkHeader(of: packet.family, nil)
    } else if metadata.headroom >= UInt32(length) {
      text.appendLinkHeader(of: packet.family, PacketBytes(base: packet.bytes.base - length, count: length))
    }
  }
}
