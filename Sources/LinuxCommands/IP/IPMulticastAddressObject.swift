import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip maddress`: the multicast addresses that devices listen to.
///
/// Source: ip-maddress(8), ip/ipmaddr.c of iproute2 6.1.
enum IPMulticastAddressObject {
  private enum Verb {
    case show, add, delete
  }

  private static let verbs = Verbs<Verb>(
    object: "ip maddr",
    verbs: [
      (.short("add"), .add), (.short("delete"), .delete), (.short("list"), .show), (.short("show"), .show),
      (.short("lst"), .show), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .show: return try show(&words, options)
    case .add: return try change(&words, isAddition: true)
    case .delete: return try change(&words, isAddition: false)
    }
  }

  private static func show(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> ShowMulticastAddresses {
    var device: Word?
    while let word = words.next() {
      var name = word
      if word.text == "dev" {
        name = try words.value()
      }
      if device != nil { throw name.garbage("dev") }
      device = name
    }
    return ShowMulticastAddresses(device: device, family: options.family, form: options.form)
  }

  private static func change(
    _ words: inout WordReader, isAddition: Bool
  ) throws(CommandLineError) -> ChangeMulticastAddress {
    var device: Word?
    var mac: MACAddress?
    while let word = words.next() {
      if word.text == "dev" {
        let name = try words.value()
        if device != nil { throw name.garbage("dev") }
        device = name
        continue
      }
      var text = word
      if word.abbreviates("address") {
        text = try words.value()
      }
      if mac != nil { throw text.garbage("address") }
      if IPv4Address(text.text) != nil { throw text.error("Error: Invalid address length 4 - must be 6 bytes") }
      mac = try text.mac()
    }
    guard let device else {
      throw CommandLineError("Not enough information: \"dev\" is required.", range: words.endRange)
    }
    // Without an address, the original sends zeros.
    return ChangeMulticastAddress(device: device, mac: mac ?? .zero, isAddition: isAddition)
  }
}

private struct ChangeMulticastAddress: ChangingCommand {
  let device: Word
  let mac: MACAddress
  let isAddition: Bool

  func change(_ context: CommandContext) throws(CommandStop) {
    guard let device = context.controller.device(named: device.text, in: context.namespace) else {
      throw .failed("ioctl: \(LinuxErrno.noSuchDevice.message)", exitCode: 1)
    }
    do {
      try context.controller.apply(
        isAddition ? .addMulticastAddress(mac, device: device) : .deleteMulticastAddress(mac, device: device))
    } catch {
      throw .failed("ioctl: \(error.errno.message)", exitCode: 1)
    }
  }
}

private struct ShowMulticastAddresses: ImmediateCommand {
  let device: Word?
  let family: IPOptions.Family
  let form: ListingForm

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let links = context.controller.links(in: context.namespace).filter { device.map(\.text) ?? $0.name == $0.name }
    let listings = links.map { link in
      MulticastAddressText(link, context.controller.multicastAddresses(of: link.device), family)
    }
    return listings.filter { !$0.isEmpty }.listing(form)
  }
}

/// What `ip maddress show` prints of one device.
private struct MulticastAddressText {
  private let link: LinkInfo
  private var addresses: [Record] = []

  init(_ link: LinkInfo, _ all: MulticastAddresses, _ family: IPOptions.Family) {
    self.link = link
    if family == .any || family == .link { addresses += all.link.map(Self.record) }
    if family == .any || family == .inet { addresses += all.ipv4.map { Self.record("inet", $0.description, users: 1) } }
    if family == .any || family == .inet6 {
      addresses += all.ipv6.map { Self.record("inet6", $0.address.description, users: $0.users) }
    }
  }

  var isEmpty: Bool { addresses.isEmpty }

  private static func record(_ address: MulticastAddresses.Link) -> Record {
    var record = Record()
    record.field("link", address.mac.description, before: "link  ", after: "")
    record.append(users(address.users))
    if address.isStatic { record.field("features", .string("static"), " static") }
    return record
  }

  private static func record(_ family: String, _ address: String, users count: Int) -> Record {
    var record = Record()
    record.member("family", .string(family))
    record.field("address", address, before: family.padded(to: 6), after: "")
    record.append(users(count))
    return record
  }

  private static func users(_ count: Int) -> Record {
    var record = Record()
    if count > 1 { record.field("users", count, before: " users ", after: "") }
    return record
  }

  /// The lines of the text; `-oneline` repeats the device in front of each address.
  func text(isOneLine: Bool) -> String {
    let head = "\(link.index):\t\(link.name)"
    if isOneLine { return addresses.map { "\(head)\\\t\($0.text)\n" }.joined() }
    return head + "\n" + addresses.map { "\t\($0.text)\n" }.joined()
  }

  var record: Record {
    var record = Record()
    record.member("ifindex", .number(link.index))
    record.member("ifname", .string(link.name))
    record.member("maddr", .array(addresses.map { .object($0.json) }))
    return record
  }
}

extension [MulticastAddressText] {
  fileprivate func listing(_ form: ListingForm) -> String {
    form.isJSON ? form.text(map(\.record)) : map { $0.text(isOneLine: form.isOneLine) }.joined()
  }
}
