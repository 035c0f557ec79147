internal import NetworkAddresses

/// A network namespace: devices, rules, routing tables, sockets and settings of its own.
///
/// Source: network_namespaces(7).
public struct NetworkNamespace: Sendable {
  package let machine: MachineID
  /// The name under which `ip netns` knows it; `nil` for a machine's initial namespace.
  package var name: String?
  /// False once it was deleted; its place in the array stays.
  package var exists = true
  package let loopback: DeviceID
  /// The devices by interface index.
  package var devices: [DeviceID] = []
  /// The interface index that the next device gets.
  package var nextInterfaceIndex = 1

  package var rules: [RoutingRule] = []
  /// The rules as the packet path reads them: names and table numbers resolved.
  var ruleWalk = RuleWalkOf<IPv4Address>()
  /// The tables by number, ascending.
  package var tables: [(number: UInt32, table: RoutingTableID)] = []
  /// Whether the first VRF has made its rule.
  package var hasL3MasterDeviceRule = false

  /// The same for IPv6.
  package var ipv6Rules: [IPv6RoutingRule] = []
  var ipv6RuleWalk = RuleWalkOf<IPv6Address>()
  package var ipv6Tables: [(number: UInt32, table: RoutingTableID)] = []
  /// Whether a rule was ever added; deleting one does not count (`fib6_has_custom_rules`).
  package var hasCustomIPv6Rules = false
  /// Whether routes of IPv6 that are over will be removed at some time.
  var collectsIPv6Routes = false

  package var nextHopObjects = NextHopObjectTable()

  /// The rules of iptables and ip6tables; `nil` where there were never any.
  package internal(set) var ruleset: Ruleset?
  /// How many connections there are.
  package internal(set) var connectionCount = 0

  private var common = Shared.initialNamespaceSettings

  /// The namespaces that devices were moved to from here, in order: each has a number (`nsid`) here.
  package var knownNamespaces: [NamespaceID] = []
  /// How many neighbor entries there are, against `gc_thresh3`.
  var neighborCount = 0
  var ipv6NeighborCount = 0
  /// By `NeighborFamily`: raised where all questions that wait for their answer are dropped.
  var proxyQueueGenerations: [UInt32] = [0, 0]
  /// The names of the settings that were set for `default`: devices that are made later do not follow these.
  package var explicitDefaults: [String] = []
  /// How often packets were dropped here, by `DropReason.rawValue`; empty as long as none was.
  private var dropCounts: [UInt64] = []
  /// The identification of the next packet that may be fragmented.
  var nextIdentification: UInt16 = 1
  /// What the ICMP senders of this namespace remember of a destination.
  var peers = InternetPeers()
  var globalICMPLimit = GlobalICMPLimit()
  var routeExceptions = RouteExceptionTable()
  var reassembly = ReassemblyTable()
  var ipv6RouteExceptions = RouteExceptionTableOf<IPv6Address, IPv6RouteID>()
  var ipv6Reassembly = IPv6ReassemblyTable()
  /// The identification of the next IPv6 packet that is cut.
  var nextIPv6Identification: UInt32 = 1
  /// Sessions that read ICMP here.
  var icmpSessions: [SessionID] = []
  /// Sessions that read ARP here.
  var arpSessions: [SessionID] = []
  /// Sessions that hear what happens to the connections here.
  var connectionListeners: [SessionID] = []
  package var sockets: [SocketID] = []
  /// The VXLAN devices whose packets go by this namespace.
  var vxlans: [VXLANID] = []
  /// Listening TCP sockets.
  var tcpListeners: [TCPListenerID] = []

  init(machine: MachineID, name: String?, loopback: DeviceID) {
    self.machine = machine
    self.name = name
    self.loopback = loopback
  }

  package var settings: NamespaceSettings {
    _read { yield common.value.settings }
    _modify { yield &common.value.settings }
  }
  package var ipv6: IPv6NamespaceSettings {
    _read { yield common.value.ipv6 }
    _modify { yield &common.value.ipv6 }
  }
  /// `net.ipv6.conf.all`.
  package var allIPv6Devices: IPv6DeviceSettings {
    _read { yield common.value.allIPv6Devices }
    _modify { yield &common.value.allIPv6Devices }
  }
  package var connectionSettings: ConnectionSettings {
    _read { yield common.value.connections }
    _modify { yield &common.value.connections }
  }
  /// `net.ipv4.conf.all` and `net.ipv4.conf.default`.
  package var allDevices: DeviceSettings {
    _read { yield common.value.allDevices }
    _modify { yield &common.value.allDevices }
  }
  package var defaultDevice: DeviceSettings {
    _read { yield common.value.defaultDevice }
    _modify { yield &common.value.defaultDevice }
  }
  package var defaultNeighborSettings: NeighborSettings {
    _read { yield common.value.defaultNeighbors }
    _modify { yield &common.value.defaultNeighbors }
  }
  /// `net.ipv6.conf.default`.
  package var defaultIPv6Device: IPv6DeviceSettings {
    _read { yield common.value.defaultIPv6Device }
    _modify { yield &common.value.defaultIPv6Device }
  }
  package var defaultIPv6NeighborSettings: NeighborSettings {
    _read { yield common.value.defaultIPv6Neighbors }
    _modify { yield &common.value.defaultIPv6Neighbors }
  }

  mutating func countDrop(_ reason: DropReason) {
    if dropCounts.isEmpty { dropCounts = Array(repeating: 0, count: DropReason.allCases.count) }
    dropCounts[Int(reason.rawValue)] += 1
  }

  func dropCount(_ reason: DropReason) -> UInt64 { dropCounts.isEmpty ? 0 : dropCounts[Int(reason.rawValue)] }

  /// The IPv6 table of that number; `nil` where none was made. Complexity: O(log n).
  @inline(__always)
  package func ipv6Table(numbered number: UInt32) -> RoutingTableID? {
    let place = ipv6Tables.partitioningIndex { $0.number >= number }
    return place < ipv6Tables.count && ipv6Tables[place].number == number ? ipv6Tables[place].table : nil
  }

  /// The table of that number; `nil` where none was made.
  ///
  /// Complexity: O(log n).
  @inline(__always)
  package func table(numbered number: UInt32) -> RoutingTableID? {
    let place = tables.partitioningIndex { $0.number >= number }
    return place < tables.count && tables[place].number == number ? tables[place].table : nil
  }
}

/// Settings that few namespaces change: the others share those that all begin with.
private struct CommonNamespaceSettings: Sendable {
  var settings = NamespaceSettings()
  var ipv6 = IPv6NamespaceSettings()
  var allIPv6Devices = IPv6DeviceSettings()
  var connections = ConnectionSettings()
  var allDevices = DeviceSettings()
  var defaultDevice = DeviceSettings()
  var defaultNeighbors = NeighborSettings()
  var defaultIPv6Device = IPv6DeviceSettings()
  var defaultIPv6Neighbors = NeighborSettings.initialIPv6
}

extension Shared<CommonNamespaceSettings> {
  fileprivate static let initialNamespaceSettings = Shared(CommonNamespaceSettings())
}

extension Array {
  /// The first index whose element, and all behind it, fulfil the predicate.
  ///
  /// Complexity: O(log n).
  package func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
