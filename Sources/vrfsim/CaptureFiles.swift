internal import DiscreteEvents
internal import Dispatch
internal import NetworkControl
internal import NetworkStack
internal import PacketCapture

/// The capture files of a run: one pcap for each interface, one pcapng for all, or none.
///
/// Many frames are written by a second thread, while the run goes on; few by the run's own.
final class CaptureFiles {
  /// How many batches of frames wait at most; then the run waits. So many that neither thread sleeps often, which costs more than
  /// a batch does.
  private static let waitingBound = 16
  /// So many bytes are worth a second thread.
  private static let manyBytes = 64 << 10

  private let writer: CaptureWriter
  /// What happens to the writer happens here, one after the other.
  private let queue = DispatchQueue(label: "vrfsim.captures")
  private let room = DispatchSemaphore(value: waitingBound)
  private let directoryPath: String?
  private let singlePath: String?
  private var control: Controller?
  /// The place of each interface's name in the files. A device that is made again under an old name goes on
  /// in the old file.
  private var placeOfName: [String: Int] = [:]
  /// By the devices' identifiers, `nil` for those not seen yet.
  private var placeOfDevice: [Int?] = []
  /// How many devices have a place: while there are more, frames are looked through for those that have none.
  private var placedCount = 0

  /// Opens what is asked for.
  init(pcapDirectory: String?, pcapngFile: String?) throws {
    directoryPath = pcapDirectory
    singlePath = pcapngFile
    writer = CaptureWriter(
      directory: try pcapDirectory.map { try PcapDirectoryWriter(directory: $0) },
      single: try pcapngFile.map { try PcapngWriter(path: $0, application: "vrfsim \(Version.text)") })
  }

  var isWanted: Bool { directoryPath != nil || singlePath != nil }

  /// Names every interface of the network, so that one that sees nothing has its empty capture too.
  func begin(_ control: Controller) {
    self.control = control
    if !isWanted { return }
    for device in control.allDevices { name(device, control) }
  }

  /// Gives a device that is seen for the first time its place in the files.
  private func name(_ device: DeviceID, _ control: Controller) {
    while placeOfDevice.count <= device.index { placeOfDevice.append(nil) }
    if placeOfDevice[device.index] != nil { return }
    let name = control.endpointName(of: device)
    let known = placeOfName[name]
    let place = known ?? placeOfName.count
    placeOfName[name] = place
    placeOfDevice[device.index] = place
    placedCount += 1
    queue.sync {
      if known == nil { writer.addInterface(named: name) }
      writer.setPlace(place, of: device)
    }
  }

  func write(_ frames: CapturedFrames) throws {
    guard let control else { preconditionFailure("frames come after the beginning") }
    if control.simulation.deviceCount > placedCount {
      for frame in frames { name(frame.device, control) }
    }
    if frames.byteCount < Self.manyBytes { return try queue.sync { try writer.write(frames) } }
    if let failure = writer.failure { throw failure }
    room.wait()
    queue.async { [writer, room] in
      try? writer.write(frames)
      room.signal()
    }
  }

  /// Completes the files under their names.
  ///
  /// - Returns: a line for each that tells where it is.
  func finish() throws -> [String] {
    if let control { begin(control) }
    let (fileCount, frameCount) = try queue.sync { try writer.finish() }
    var lines: [String] = []
    if let directoryPath { lines.append("captures: \(fileCount) files, \(frameCount) frames in \(directoryPath)/") }
    if let singlePath { lines.append("capture: \(placeOfName.count) interfaces, \(frameCount) frames in \(singlePath)") }
    return lines
  }

  /// Removes what was written and is not whole.
  func discard() { queue.sync { writer.discard() } }
}
