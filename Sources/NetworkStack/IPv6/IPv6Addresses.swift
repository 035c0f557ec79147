internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

// IPv6 addresses come and go here, and with them routes, groups and duplicate address detection.

extension Kernel {
  /// Puts an IPv6 address on a device.
  ///
  /// Kernel counterpart: `inet6_addr_add()`, `ipv6_add_addr()`, `ipv6_link_dev_addr()` (net/ipv6/addrconf.c, v6.12).
  /// - Throws: `fileExists` where the device has it, `permissionDenied` where IPv6 is off there,
  ///   `addressNotAvailable` for addresses that no device can have.
  package mutating func addIPv6Address(_ address: IPv6DeviceAddress, to device: DeviceID) throws(LinuxErrno) {
    guard hasIPv6(device) else { throw .permissionDenied }
    let local = address.local
    if local.isUnspecified || local.isMulticast || (local.isLoopback && !devices[device.index].isLoopback) {
      throw .addressNotAvailable
    }
    if ipv6Devices[device.index].addresses.contains(where: { $0.local == local }) { throw .fileExists }
    var address = address
    address.origin = origin
    address.isTentative = !address.skipsDuplicateAddressDetection
    defer { scheduleLifetimes(of: device) }
    let place = ipv6Devices[device.index].addresses.firstIndex { $0.local.scope <= local.scope }
    ipv6Devices[device.index].addresses.insert(address, at: place ?? ipv6Devices[device.index].addresses.count)
    if devices[device.index].isUp {
      addMulticastRoute(of: device)
      addPrefixRoute(of: address, on: device)
    }
    guard ipv6Devices[device.index].isReady else { return }
    beginDuplicateAddressDetection(local, on: device)
  }

  /// Takes an IPv6 address off a device.
  ///
  /// Kernel counterpart: `ipv6_del_addr()` (net/ipv6/addrconf.c, v6.12).
  package mutating func removeIPv6Address(_ local: IPv6Address, from device: DeviceID) {
    guard let place = ipv6Devices[device.index].addresses.firstIndex(where: { $0.local == local }) else { return }
    let address = ipv6Devices[device.index].addresses.remove(at: place)
    forgetMasquerades(by: device, address: address.local)
    let namespace = devices[device.index].namespace
    ipv6Devices[device.index].detections.removeAll { $0.address == local }
    guard devices[device.index].isUp else { return }
    leave(local.solicitedNode, on: device)
    if !address.isTentative, ipv6Devices[device.index].settings.forwarding != 0 {
      leaveAnycast(of: address, on: device)
    }
    removeKernelIPv6Routes(IPv6Prefix(containing: local, length: 128), .local, on: device)
    // The connected route of an address that had a lifetime ends by its own.
    if address.age.isPermanent && !address.hasNoPrefixRoute { releasePrefixRoute(of: address, on: device) }
    if address.peer != local { removeKernelIPv6Routes(IPv6Prefix(containing: local, length: 128), .unicast, on: device) }
    removeIPv6Routes(preferring: local, in: namespace)
  }

  /// Whether a device has an address that can be used.
  func hasIPv6Address(_ address: IPv6Address, on device: DeviceID, includingTentative: Bool = false) -> Bool {
    ipv6Devices[device.index].addresses.contains {
      $0.local == address && (includingTentative || !$0.isTentative)
    }
  }

  /// Whether some device of the namespace has an address: one of the link on that device or its VRF alone.
  ///
  /// Kernel counterpart: `ipv6_chk_addr()` (net/ipv6/addrconf.c, v6.12).
  func isOwnIPv6Address(_ address: IPv6Address, in namespace: NamespaceID, device: DeviceID) -> Bool {
    if address.isLinkScoped { return hasIPv6Address(address, on: device) }
    let master = l3Master(of: device)
    return namespaces[namespace.index].devices.contains { hasIPv6Address(address, on: $0) && l3Master(of: $0) == master }
  }

  /// The address of the link that a device has; `nil` where it has none that can be used.
  func linkLocalAddress(of device: DeviceID) -> IPv6Address? {
    ipv6Devices[device.index].addresses.last { $0.local.isLinkLocal && !$0.isTentative }?.local
  }

  // MARK: - Subnet-router anycast addresses

  /// Whether an address is one of any router, and this machine one of these: of the link, by that device alone.
  ///
  /// Kernel counterpart: `ipv6_chk_acast_addr_src()` (net/ipv6/anycast.c, v6.12).
  func isIPv6Anycast(_ address: IPv6Address, in namespace: NamespaceID, device: DeviceID) -> Bool {
    let candidates = address.isLinkLocal ? [device] : namespaces[namespace.index].devices
    return candidates.contains { ipv6Devices[$0.index].anycasts.contains { $0.address == address } }
  }

  /// Source: RFC 4291 section 2.6.1; kernel counterpart: `addrconf_join_anycast()` (net/ipv6/addrconf.c, v6.12).
  mutating func joinAnycast(of address: IPv6DeviceAddress, on device: DeviceID) {
    guard address.length < 127 else { return }
    let anycast = IPv6Prefix(containing: address.local, length: address.length).address
    if let place = ipv6Devices[device.index].anycasts.firstIndex(where: { $0.address == anycast }) {
      ipv6Devices[device.index].anycasts[place].users += 1
      return
    }
    ipv6Devices[device.index].anycasts.append((anycast, 1))
    joinSolicitedNode(of: anycast, on: device)
    addKernelIPv6Route(
      .anycast, IPv6Prefix(containing: anycast, length: 128), metric: 0, on: device, of: address.origin)
  }

  mutating func leaveAnycast(of address: IPv6DeviceAddress, on device: DeviceID) {
    let anycast = IPv6Prefix(containing: address.local, length: address.length).address
    guard address.length < 127,
      let place = ipv6Devices[device.index].anycasts.firstIndex(where: { $0.address == anycast })
    else { return }
    ipv6Devices[device.index].anycasts[place].users -= 1
    guard ipv6Devices[device.index].anycasts[place].users == 0 else { return }
    ipv6Devices[device.index].anycasts.remove(at: place)
    leave(anycast.solicitedNode, on: device)
    removeKernelIPv6Routes(IPv6Prefix(containing: anycast, length: 128), .anycast, on: device)
  }
}

// MARK: - Duplicate address detection

extension Kernel {
  /// Begins to find out whether somebody else has an address.
  ///
  /// Kernel counterpart: `addrconf_dad_start()`, `addrconf_dad_begin()` (net/ipv6/addrconf.c, v6.12).
  /// Source: RFC 4862 section 5.4.
  mutating func beginDuplicateAddressDetection(_ local: IPv6Address, on device: DeviceID) {
    guard let place = ipv6Devices[device.index].addresses.firstIndex(where: { $0.local == local }) else { return }
    let state = devices[device.index]
    let settings = ipv6Devices[device.index].settings
    let all = namespaces[state.namespace.index].allIPv6Devices
    joinSolicitedNode(of: local, on: device)
    if state.isNoARP || state.isLoopback
      || (all.acceptDuplicateAddressDetection < 1 && settings.acceptDuplicateAddressDetection < 1)
      || ipv6Devices[device.index].addresses[place].skipsDuplicateAddressDetection || settings.dadTransmits < 1 {
      return completeDuplicateAddressDetection(local, on: device)
    }
    ipv6Devices[device.index].addresses[place].isTentative = true
    let delay = Int64(max(settings.routerSolicitationDelay, 0)) * 1_000_000_000
    let wait = delay > 0 ? Int64(ipv6Random.below(UInt64(delay))) : 0
    let nonce = ipv6Random.below(1 << 48)
    ipv6Devices[device.index].detections.append(
      .init(address: local, probesLeft: Int(settings.dadTransmits), due: now + wait, nonce: nonce))
    scheduleDetections(on: device)
  }

  private mutating func scheduleDetections(on device: DeviceID) {
    guard let next = ipv6Devices[device.index].detections.map(\.due).min() else { return }
    ipv6Devices[device.index].timerGeneration &+= 1
    queue.schedule(
      .duplicateAddressDetection(device, generation: ipv6Devices[device.index].timerGeneration), at: max(next, now))
  }

  /// A probe is due, or the time in which another host may object is over.
  ///
  /// Kernel counterpart: `addrconf_dad_work()` (net/ipv6/addrconf.c, v6.12).
  mutating func continueDuplicateAddressDetection(on device: DeviceID, generation: UInt32) {
    guard ipv6Devices[device.index].timerGeneration == generation else { return }
    let interval = Int64(ipv6Devices[device.index].neighborSettings.retransmitTime) * 1_000_000
    for detection in ipv6Devices[device.index].detections where detection.due <= now {
      guard let place = ipv6Devices[device.index].detections.firstIndex(where: { $0.address == detection.address })
      else { continue }
      if detection.probesLeft == 0 {
        ipv6Devices[device.index].detections.remove(at: place)
        completeDuplicateAddressDetection(detection.address, on: device)
        continue
      }
      ipv6Devices[device.index].detections[place].probesLeft -= 1
      ipv6Devices[device.index].detections[place].due = now + max(interval, 10_000_000)
      sendNeighborSolicitation(
        for: detection.address, by: device, source: .unspecified, to: detection.address.solicitedNode,
        nonce: detection.nonce)
    }
    scheduleDetections(on: device)
  }

  /// Nobody objected: the address is in use.
  ///
  /// Kernel counterpart: `addrconf_dad_completed()` (net/ipv6/addrconf.c, v6.12).
  private mutating func completeDuplicateAddressDetection(_ local: IPv6Address, on device: DeviceID) {
    guard let place = ipv6Devices[device.index].addresses.firstIndex(where: { $0.local == local }) else { return }
    ipv6Devices[device.index].addresses[place].isTentative = false
    ipv6Devices[device.index].addresses[place].isDuplicate = false
    let address = ipv6Devices[device.index].addresses[place]
    addKernelIPv6Route(
      .local, IPv6Prefix(containing: local, length: 128), metric: 0, on: device, of: address.origin)
    let settings = ipv6Devices[device.index].settings
    if settings.forwarding != 0 { joinAnycast(of: address, on: device) }
    guard !devices[device.index].isLoopback else { return }
    if settings.neighborDiscoveryNotify != 0 {
      sendNeighborAdvertisement(of: local, by: device, to: .allNodes, isSolicited: false, isOverriding: true)
    }
    guard local.isLinkLocal, isOnlyLinkLocalAddress(local, on: device) else { return }
    beginInitialReports(of: device)
    beginRouterSolicitation(on: device)
  }

  /// Kernel counterpart: `ipv6_lonely_lladdr()` (net/ipv6/addrconf.c, v6.12).
  private func isOnlyLinkLocalAddress(_ local: IPv6Address, on device: DeviceID) -> Bool {
    !ipv6Devices[device.index].addresses.contains {
      $0.local != local && $0.local.isLinkLocal && !$0.isTentative && !$0.isDuplicate
    }
  }

  /// Somebody else has the address, or wants it at the same time.
  ///
  /// Kernel counterpart: `addrconf_dad_failure()` (net/ipv6/addrconf.c, v6.12).
  mutating func failDuplicateAddressDetection(_ local: IPv6Address, on device: DeviceID) {
    guard let place = ipv6Devices[device.index].addresses.firstIndex(where: { $0.local == local && $0.isTentative })
    else { return }
    ipv6Devices[device.index].addresses[place].isDuplicate = true
    ipv6Devices[device.index].detections.removeAll { $0.address == local }
  }

  /// The number by which a device knows its own question about an address again.
  func detectionNonce(of local: IPv6Address, on device: DeviceID) -> UInt64? {
    ipv6Devices[device.index].detections.first { $0.address == local }?.nonce
  }
}
