internal import DiscreteEvents
internal import NetworkStack
internal import PacketCapture
internal import Synchronization

/// Writes captured frames to the files of their devices' interfaces.
///
/// Belongs to one thread at a time; ``failure`` may be asked by any.
final class CaptureWriter: @unchecked Sendable {
  // Unchecked: whoever has a writer lets its functions run one after the other.

  private let directory: PcapDirectoryWriter?
  private let single: PcapngWriter?
  /// By the devices' identifiers; -1 for those that nobody has seen.
  // Nobody changes a writer from within one of its own functions.
  @exclusivity(unchecked) private var placeOfDevice: [Int] = []
  @exclusivity(unchecked) private var frameCount = 0
  private let firstFailure = Mutex<CaptureError?>(nil)

  init(directory: PcapDirectoryWriter?, single: PcapngWriter?) { (self.directory, self.single) = (directory, single) }

  /// Why frames could not be written.
  var failure: CaptureError? { firstFailure.withLock { $0 } }

  /// Adds an interface behind those that are there.
  func addInterface(named name: String) {
    directory?.addInterface(named: name)
    single?.addInterface(named: name)
  }

  /// Says to which interface the frames of a device belong.
  func setPlace(_ place: Int, of device: DeviceID) {
    while placeOfDevice.count <= device.index { placeOfDevice.append(-1) }
    placeOfDevice[device.index] = place
  }

  /// Adds frames of devices whose places are known.
  ///
  /// - Throws: what the system said, also where it was said of frames before.
  func write(_ frames: CapturedFrames) throws(CaptureError) {
    if let failure { throw failure }
    do {
      for frame in frames {
        frameCount += 1
        let place = placeOfDevice[frame.device.index]
        try directory?.write(frame.bytes, interface: place, nanoseconds: frame.instant.nanoseconds)
        try single?.write(frame.bytes, interface: place, nanoseconds: frame.instant.nanoseconds)
      }
    } catch {
      firstFailure.withLock { $0 = error }
      throw error
    }
  }

  /// Completes the files under their names.
  ///
  /// - Returns: how many files there are in the directory, and how many frames there were.
  func finish() throws(CaptureError) -> (fileCount: Int, frameCount: Int) {
    if let failure { throw failure }
    let fileCount = try directory?.finish() ?? 0
    try single?.finish()
    return (fileCount, frameCount)
  }

  /// Removes what was written and is not whole.
  func discard() {
    directory?.discard()
    single?.discard()
  }
}
