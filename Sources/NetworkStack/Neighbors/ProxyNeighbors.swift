internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

// Addresses that are answered for although they are another's. Questions come from ARPReceive and
// NeighborDiscovery. Decided here: whether the answer waits. Questions that waited go back there.

/// An address that a machine answers questions for although it is another's: `ip neigh add proxy`.
///
/// Kernel counterpart: `struct pneigh_entry` (include/net/neighbour.h, v6.12).
package struct ProxyNeighbor: Sendable, BitwiseCopyable {
  package let address: IPAddress
  package let namespace: NamespaceID
  /// The device that questions are answered on; `nil` for every one of the namespace.
  package let device: DeviceID?
  /// Whether it is said to be a router; of IPv6 alone.
  package var isRouter = false
  package var isExternallyLearned = false
  package var `protocol` = RouteProtocol.unspecified
  /// Whether it outlasts a loss of carrier.
  package var isPermanent = true
  /// The order of creation.
  fileprivate var serial: UInt64 = 0

  package init(address: IPAddress, namespace: NamespaceID, device: DeviceID?) {
    self.address = address
    self.namespace = namespace
    self.device = device
  }

  /// Which of the kernel's 16 lists it is in, by the last four bytes of the address.
  ///
  /// Kernel counterpart: `pneigh_hash()` (net/core/neighbour.c, v6.12).
  fileprivate var list: UInt32 {
    let last =
      switch address {
      case .v4(let address): address.bits
      case .v6(let address): UInt32(truncatingIfNeeded: address.bits)
      }
    var mixed = last.byteSwapped
    mixed ^= mixed >> 16
    mixed ^= mixed >> 8
    mixed ^= mixed >> 4
    return mixed & 15
  }
}

/// The proxied addresses of all namespaces.
package struct ProxyNeighborTable: Sendable {
  private struct Key: Hashable, Sendable {
    let namespace: NamespaceID
    let address: IPAddress
  }

  /// `nil` at the places of `free`.
  private var entries: [ProxyNeighbor?] = []
  private var free: [Int] = []
  /// The places of an address's entries, the newest first; looked up, never listed.
  private var places: [Key: [Int]] = [:]
  private var nextSerial: UInt64 = 0
  package private(set) var count = 0

  private func place(_ key: Key, where isWanted: (DeviceID?) -> Bool) -> Int? {
    places[key]?.first { isWanted(entries[$0]?.device) }
  }

  /// The entry that holds for a device. Complexity: O(1).
  package func find(_ address: IPAddress, on device: DeviceID?, in namespace: NamespaceID) -> ProxyNeighbor? {
    place(Key(namespace: namespace, address: address)) { $0 == device || $0 == nil }.flatMap { entries[$0] }
  }

  /// Puts an entry there, or changes the one that holds for its device already.
  ///
  /// - Returns: whether it is a new one.
  mutating func set(_ entry: ProxyNeighbor) -> Bool {
    let key = Key(namespace: entry.namespace, address: entry.address)
    if let place = place(key, where: { $0 == entry.device || $0 == nil }) {
      entries[place]?.isRouter = entry.isRouter
      entries[place]?.isExternallyLearned = entry.isExternallyLearned
      if entry.protocol != .unspecified { entries[place]?.protocol = entry.protocol }
      entries[place]?.isPermanent = entry.isPermanent
      return false
    }
    var entry = entry
    entry.serial = nextSerial
    nextSerial += 1
    let place = free.popLast() ?? entries.count
    if place == entries.count { entries.append(entry) } else { entries[place] = entry }
    places[key, default: []].insert(place, at: 0)
    count += 1
    return true
  }

  /// - Returns: whether there was one for that very device.
  mutating func remove(_ address: IPAddress, on device: DeviceID?, in namespace: NamespaceID) -> Bool {
    let key = Key(namespace: namespace, address: address)
    guard let place = place(key, where: { $0 == device }) else { return false }
    entries[place] = nil
    free.append(place)
    let left = places[key]?.filter { $0 != place } ?? []
    places[key] = left.isEmpty ? nil : left
    count -= 1
    return true
  }

  /// The entries of a namespace as the kernel walks them: list by list, the newest of each first.
  package func entries(in namespace: NamespaceID) -> [ProxyNeighbor] {
    entries.compactMap(\.self).filter { $0.namespace == namespace }.sorted {
      $0.list == $1.list ? $0.serial > $1.serial : $0.list < $1.list
    }
  }
}

extension Kernel {
  /// Answers for an address from now on, on a device or on all; of IPv6 its group is listened to.
  ///
  /// Kernel counterpart: `pneigh_lookup()` (net/core/neighbour.c), `pndisc_constructor()` (net/ipv6/ndisc.c, v6.12).
  /// - Throws: `noBufferSpace` where there are too many, or where one of IPv6 names no device.
  package mutating func addProxyNeighbor(_ entry: ProxyNeighbor) throws(LinuxErrno) {
    let isKnown = proxyNeighbors.find(entry.address, on: entry.device, in: entry.namespace) != nil
    if !isKnown {
      guard proxyNeighbors.count < bounds.proxyNeighbors, entry.device != nil || !entry.address.isIPv6 else {
        throw .noBufferSpace
      }
    }
    let isNew = proxyNeighbors.set(entry)
    if isNew, case .v6(let address) = entry.address, let device = entry.device {
      join(address.solicitedNode, on: device)
    }
  }

  /// Kernel counterpart: `pneigh_delete()` (net/core/neighbour.c, v6.12).
  /// - Throws: `noSuchFile` where there is none of that device.
  package mutating func removeProxyNeighbor(
    _ address: IPAddress, on device: DeviceID?, in namespace: NamespaceID
  ) throws(LinuxErrno) {
    guard proxyNeighbors.remove(address, on: device, in: namespace) else { throw .noSuchFile }
    if case .v6(let address) = address, let device { leave(address.solicitedNode, on: device) }
  }

  /// A family ends on a device: its neighbors are forgotten, it answers for nobody any more, and questions that
  /// wait in its namespace are dropped.
  ///
  /// Kernel counterpart: `__neigh_ifdown()` (net/core/neighbour.c, v6.12).
  /// - Parameter keepsPermanent: whether entries of the administrator stay, as on loss of carrier.
  package mutating func endNeighbors(on device: DeviceID, _ families: [NeighborFamily], keepsPermanent: Bool = false) {
    let namespace = devices[device.index].namespace
    for family in families {
      flushNeighbors(on: device, family, keepsPermanent: keepsPermanent)
      namespaces[namespace.index].proxyQueueGenerations[family.rawValue] &+= 1
      for other in namespaces[namespace.index].devices { setProxyQueueLength(0, of: other, family) }
    }
    if proxyNeighbors.count == 0 { return }
    for entry in proxyNeighbors.entries(in: namespace)
    where entry.device == device && families.contains(entry.address.isIPv6 ? .ipv6 : .ipv4) {
      if keepsPermanent && entry.isPermanent { continue }
      try? removeProxyNeighbor(entry.address, on: device, in: namespace)
    }
  }
}

/// The two tables of neighbors: those of ARP, and those of neighbor discovery.
package enum NeighborFamily: Int, CaseIterable, Sendable, BitwiseCopyable {
  case ipv4 = 0
  case ipv6 = 1
}

// MARK: - Answers that wait

extension Kernel {
  private func proxyQueueLength(of device: DeviceID, _ family: NeighborFamily) -> Int32 {
    switch family {
    case .ipv4: devices[device.index].proxyQueueLength
    case .ipv6: ipv6Devices[device.index].proxyQueueLength
    }
  }

  private mutating func setProxyQueueLength(_ length: Int32, of device: DeviceID, _ family: NeighborFamily) {
    switch family {
    case .ipv4: devices[device.index].proxyQueueLength = length
    case .ipv6: ipv6Devices[device.index].proxyQueueLength = length
    }
  }

  /// A question is to be answered after a random time below `proxy_delay`, unless too many wait already.
  ///
  /// Kernel counterpart: `pneigh_enqueue()` (net/core/neighbour.c, v6.12).
  /// Differs(ipv4): a proxy's answer waits a random number of nanoseconds; Linux draws whole ticks.
  mutating func delayProxyAnswer(_ packet: consuming Packet, _ family: NeighborFamily) {
    let device = packets[packet.id].inputDevice
    let settings =
      switch family {
      case .ipv4: devices[device.index].neighborSettings
      case .ipv6: ipv6Devices[device.index].neighborSettings
      }
    let length = proxyQueueLength(of: device, family)
    guard length <= settings.proxyQueueLength else { return drop(packet, .notSpecified) }
    setProxyQueueLength(length + 1, of: device, family)
    let namespace = devices[device.index].namespace.index
    let wait = proxyRandom.below(UInt64(max(settings.proxyDelay, 1)) * 1_000_000)
    queue.schedule(
      .proxyAnswer(packet.park(), family, generation: namespaces[namespace].proxyQueueGenerations[family.rawValue]),
      at: now + Int64(wait))
  }

  /// The time of a question that waited has come: it is looked at anew, and answered if it still is to be.
  ///
  /// Kernel counterpart: `neigh_proxy_process()` (net/core/neighbour.c, v6.12).
  mutating func answerForOther(_ packet: consuming Packet, _ family: NeighborFamily, generation: UInt32) {
    let device = packets[packet.id].inputDevice
    let namespace = devices[device.index].namespace.index
    guard namespaces[namespace].proxyQueueGenerations[family.rawValue] == generation else {
      return drop(packet, .notSpecified)
    }
    setProxyQueueLength(max(0, proxyQueueLength(of: device, family) - 1), of: device, family)
    guard devices[device.index].isUp else { return drop(packet, .notSpecified) }
    switch family {
    case .ipv4: processARP(packet, hasWaited: true)
    case .ipv6: processSolicitation(packet, hasWaited: true)
    }
  }
}
