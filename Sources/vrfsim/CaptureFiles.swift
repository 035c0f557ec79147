internal import DiscreteEvents
internal import NetworkControl
internal import NetworkStack
internal import PacketCapture

/// The capture files of a run: one pcap for each interface, one pcapng for all, or none.
final class CaptureFiles {
  private let directory: PcapDirectoryWriter?
  private let single: PcapngWriter?
  private let directoryPath: String?
  private let singlePath: String?
  private var control: Controller?
  /// The place of each interface's name in the files. A device that is made again under an old name goes on
  /// in the old file.
  private var placeOfName: [String: Int] = [:]
  /// By the devices' identifiers, `nil` for those not seen yet.
  // Nobody changes these files from within one of their own functions.
  @exclusivity(unchecked) private var placeOfDevice: [Int?] = []
  @exclusivity(unchecked) private var frameCount = 0

  /// Opens what is asked for.
  init(pcapDirectory: String?, pcapngFile: String?) throws {
    directoryPath = pcapDirectory
    singlePath = pcapngFile
    directory = try pcapDirectory.map { try PcapDirectoryWriter(directory: $0) }
    single = try pcapngFile.map { try PcapngWriter(path: $0, application: "vrfsim \(Version.text)") }
  }

  var isWanted: Bool { directory != nil || single != nil }

  /// Names every interface of the network, so that one that sees nothing has its empty capture too.
  func begin(_ control: Controller) {
    self.control = control
    if !isWanted { return }
    for device in control.allDevices where knownPlace(of: device) == nil { _ = place(of: device, control) }
  }

  private func knownPlace(of device: DeviceID) -> Int? {
    device.index < placeOfDevice.count ? placeOfDevice[device.index] : nil
  }

  /// The place of a device that is seen for the first time.
  private func place(of device: DeviceID, _ control: Controller) -> Int {
    let name = control.endpointName(of: device)
    let place = placeOfName[name] ?? addInterface(name)
    placeOfName[name] = place
    while placeOfDevice.count <= device.index { placeOfDevice.append(nil) }
    placeOfDevice[device.index] = place
    return place
  }

  private func addInterface(_ name: String) -> Int {
    directory?.addInterface(named: name)
    single?.addInterface(named: name)
    return placeOfName.count
  }

  func write(_ frames: CapturedFrames) throws {
    guard let control else { preconditionFailure("frames come after the beginning") }
    for frame in frames {
      frameCount += 1
      let place = knownPlace(of: frame.device) ?? place(of: frame.device, control)
      try directory?.write(frame.bytes, interface: place, nanoseconds: frame.instant.nanoseconds)
      try single?.write(frame.bytes, interface: place, nanoseconds: frame.instant.nanoseconds)
    }
  }

  /// Completes the files under their names.
  ///
  /// - Returns: a line for each that tells where it is.
  func finish() throws -> [String] {
    if let control { begin(control) }
    var lines: [String] = []
    if let directory, let directoryPath {
      let count = try directory.finish()
      lines.append("captures: \(count) files, \(frameCount) frames in \(directoryPath)/")
    }
    if let single, let singlePath {
      try single.finish()
      lines.append("capture: \(placeOfName.count) interfaces, \(frameCount) frames in \(singlePath)")
    }
    return lines
  }

  /// Removes what was written and is not whole.
  func discard() {
    directory?.discard()
    single?.discard()
  }
}
