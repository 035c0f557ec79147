import CPcap
import Foundation
import PacketCapture
import Testing

/// The writer of pcap files is held against libpcap's: every byte is the same (pcap-savefile(5)).
@Suite struct PcapFileTests {
  /// Frames of all lengths that there are, with times at both ends of a second, and more bytes than a file keeps in memory.
  private let frames: [(nanoseconds: Int64, bytes: [UInt8])]

  init() {
    let lengths = [0, 1, 60, 1_514, 65_535]
    let times: [Int64] = [0, 999_999_999, 1_000_000_000, 4_102_444_800_123_456_789]
    frames = (0..<400).map { number in
      let bytes = (0..<lengths[number % lengths.count]).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
      return (times[number % times.count], bytes)
    }
  }

  private func writeByLibpcap(_ path: String) throws {
    let handle = try #require(pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 262_144, UInt32(PCAP_TSTAMP_PRECISION_NANO)))
    defer { pcap_close(handle) }
    let dumper = try #require(pcap_dump_open(handle, path))
    for frame in frames {
      var header = pcap_pkthdr()
      header.ts.tv_sec = Int(frame.nanoseconds / 1_000_000_000)
      header.ts.tv_usec = .init(frame.nanoseconds % 1_000_000_000)
      header.caplen = UInt32(frame.bytes.count)
      header.len = UInt32(frame.bytes.count)
      frame.bytes.withUnsafeBufferPointer { bytes in
        pcap_dump(UnsafeMutableRawPointer(dumper).assumingMemoryBound(to: UInt8.self), &header, bytes.baseAddress)
      }
    }
    pcap_dump_close(dumper)
  }

  @Test("the bytes are those that libpcap writes, also of a file that was closed meanwhile")
  func asLibpcap() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vrfsim-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try writeByLibpcap(folder + "/libpcap")
    let writer = try PcapDirectoryWriter(directory: folder)
    // One with all frames; and as many others as close it, in the middle.
    for number in 0...PcapDirectoryWriter.openFileBound { writer.addInterface(named: "m:i\(number)") }
    for (place, frame) in frames.enumerated() {
      try frame.bytes.withUnsafeBytes { try writer.write($0, interface: 0, nanoseconds: frame.nanoseconds) }
      guard place == frames.count / 2 else { continue }
      // More than a file keeps in memory, so that it is opened.
      let longest = [UInt8](repeating: 1, count: 65_535)
      for other in 1...PcapDirectoryWriter.openFileBound {
        for _ in 0..<5 { try longest.withUnsafeBytes { try writer.write($0, interface: other, nanoseconds: 0) } }
      }
    }
    _ = try writer.finish()
    let written = try Data(contentsOf: URL(fileURLWithPath: folder + "/m.i0.pcap"))
    #expect(try written == Data(contentsOf: URL(fileURLWithPath: folder + "/libpcap")))
  }
}
