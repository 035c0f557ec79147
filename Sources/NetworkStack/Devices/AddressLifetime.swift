package import DiscreteEvents
internal import NetworkAddresses

/// How long an address is used: `valid_lft` and `preferred_lft` of ip-address(8).
///
/// Source: RFC 4862 section 5.5.4; kernel counterpart: `struct ifa_cacheinfo` (include/uapi/linux/if_addr.h, v6.12).
public struct AddressLifetime: Hashable, Sendable, BitwiseCopyable {
  /// A number of seconds that stands for no end.
  public static let forever = UInt32.max

  /// Seconds after which the address goes; 1 and up.
  public var valid = forever
  /// Seconds after which it is deprecated: no more than ``valid``.
  public var preferred = forever

  public init(valid: UInt32 = forever, preferred: UInt32 = forever) {
    self.valid = valid
    self.preferred = preferred
  }

  /// Whether the address stays until somebody takes it away.
  public var isPermanent: Bool { valid == Self.forever }

}

/// A lifetime with its beginning, as a device's address has it.
package struct AddressAge: Hashable, Sendable, BitwiseCopyable {
  package var lifetime = AddressLifetime()
  package var began = Instant.zero
  /// Not to be used for new connections.
  package var isDeprecated = false

  package init() {}

  package init(_ lifetime: AddressLifetime, began: Instant) {
    self.lifetime = lifetime
    self.began = began
    isDeprecated = lifetime.preferred == 0
  }

  /// What is left of the lifetime.
  ///
  /// Kernel counterpart: `inet_fill_ifaddr()` (net/ipv4/devinet.c), `inet6_fill_ifaddr()` (net/ipv6/addrconf.c, v6.12).
  package func remaining(at now: Instant) -> AddressLifetime {
    if lifetime.preferred == AddressLifetime.forever { return lifetime }
    let seconds = UInt32(clamping: (now - began) / 1_000_000_000)
    var left = lifetime
    if !lifetime.isPermanent { left.valid -= min(left.valid, seconds) }
    left.preferred -= min(left.preferred, seconds)
    return left
  }

  package var isPermanent: Bool { lifetime.isPermanent }

  /// When the address goes; `nil` for never.
  package var end: Instant? {
    lifetime.isPermanent ? nil : began + Int64(lifetime.valid) * 1_000_000_000
  }

  /// When it is deprecated; `nil` where it is so already, or never will be.
  package var deprecation: Instant? {
    isDeprecated || lifetime.preferred == AddressLifetime.forever
      ? nil : began + Int64(lifetime.preferred) * 1_000_000_000
  }

  /// When something happens next.
  fileprivate var next: Instant? { [end, deprecation].compactMap { $0 }.min() }
}

extension Kernel {
  /// Waits for the next address of a device to be deprecated or to go.
  ///
  /// Kernel counterpart: `check_lifetime()` (net/ipv4/devinet.c), `addrconf_verify_rtnl()` (net/ipv6/addrconf.c, v6.12).
  /// Differs(ipv4): an address is deprecated or goes at its very instant; Linux rounds to seconds of its own clock, and
  /// may be up to a second late.
  mutating func scheduleLifetimes(of device: DeviceID) {
    let ipv4 = deviceDetails[device.index].addresses.compactMap { $0.waitsForEnd ? $0.age.next : nil }
    let ipv6 = ipv6Devices[device.index].addresses.compactMap(\.age.next)
    deviceDetails[device.index].lifetimeGeneration &+= 1
    guard let next = (ipv4 + ipv6).min() else { return }
    queue.scheduleTimer(
      .addressLifetime(device, generation: deviceDetails[device.index].lifetimeGeneration), at: max(next, now))
  }

  /// The time of some addresses of a device is over.
  mutating func endLifetimes(of device: DeviceID, generation: UInt32) {
    guard deviceDetails[device.index].lifetimeGeneration == generation else { return }
    for address in deviceDetails[device.index].addresses where address.waitsForEnd {
      if let end = address.age.end, end <= now {
        removeAddress(address.local, prefixLength: address.length, from: device)
      } else if let deprecation = address.age.deprecation, deprecation <= now,
        let place = deviceDetails[device.index].addresses.firstIndex(of: address) {
        deviceDetails[device.index].addresses[place].age.isDeprecated = true
      }
    }
    for address in ipv6Devices[device.index].addresses {
      if let end = address.age.end, end <= now {
        removeIPv6Address(address.local, from: device)
      } else if let deprecation = address.age.deprecation, deprecation <= now,
        let place = ipv6Devices[device.index].addresses.firstIndex(where: { $0.local == address.local }) {
        ipv6Devices[device.index].addresses[place].age.isDeprecated = true
      }
    }
    scheduleLifetimes(of: device)
  }
}

extension DeviceAddress {
  /// Whether the kernel looks at its lifetime at all: not at one that never ends.
  fileprivate var waitsForEnd: Bool { !age.isPermanent }
}
