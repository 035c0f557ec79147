import Foundation
import PacketCapture
import Testing

/// Captures are written whole or not at all, and read back as they were (pcap-savefile(5), pcapng).
@Suite struct CaptureTests {
  /// A folder that is gone after the test.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("vrfsim-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func frame(_ length: Int, _ seed: UInt8) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: $0) &+ seed }
  }

  @Test("frames come back with their bytes and their nanoseconds, from pcap and from pcapng")
  func roundTrip() throws {
    try withFolder { folder in
      let writer = try PcapDirectoryWriter(directory: folder + "/captures")
      let single = try PcapngWriter(path: folder + "/all.pcapng", application: "test")
      let frames = [(Int64(1_000_000_001), frame(60, 1)), (1_000_000_777, frame(1_514, 2)), (2_000_000_000, frame(61, 3))]
      for name in ["r1/blue:eth0", "r1:lo"] {
        writer.addInterface(named: name)
        single.addInterface(named: name)
      }
      for (time, bytes) in frames {
        try bytes.withUnsafeBytes { bytes in
          try writer.write(bytes, interface: 0, nanoseconds: time)
          try single.write(bytes, interface: 0, nanoseconds: time)
        }
      }
      #expect(try writer.finish() == 2)
      try single.finish()
      for path in ["/captures/r1.blue.eth0.pcap", "/all.pcapng"] {
        let read = try CaptureReader.frames(ofFile: folder + path)
        #expect(read.map(\.bytes) == frames.map(\.1))
        #expect(read.map(\.offset) == [0, 776, 999_999_999])
      }
      #expect(try CaptureReader.frames(ofFile: folder + "/captures/r1.lo.pcap").isEmpty)
    }
  }

  @Test("more interfaces than open files: every frame is in its file, in order")
  func manyInterfaces() throws {
    try withFolder { folder in
      let writer = try PcapDirectoryWriter(directory: folder)
      let count = PcapDirectoryWriter.openFileBound * 2 + 3
      for number in 0..<count { writer.addInterface(named: "m:i\(number)") }
      for round in 0..<3 {
        for number in 0..<count {
          try frame(60, UInt8(round)).withUnsafeBytes {
            try writer.write($0, interface: number, nanoseconds: Int64(round))
          }
        }
      }
      #expect(try writer.finish() == count)
      for number in [0, 1, count - 1] {
        let read = try CaptureReader.frames(ofFile: folder + "/m.i\(number).pcap")
        #expect(read.map { $0.bytes[0] } == [0, 1, 2])
      }
    }
  }

  @Test("what is not finished leaves nothing behind")
  func discarded() throws {
    try withFolder { folder in
      let writer = try PcapDirectoryWriter(directory: folder)
      writer.addInterface(named: "m:eth0")
      try frame(60, 0).withUnsafeBytes { try writer.write($0, interface: 0, nanoseconds: 0) }
      writer.discard()
      let single = try PcapngWriter(path: folder + "/all.pcapng", application: "test")
      single.addInterface(named: "m:eth0")
      single.discard()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("a file that is missing, a folder, foreign, or cut off at any byte gives an error, never frames that were not there")
  func damaged() throws {
    try withFolder { folder in
      #expect(throws: CaptureError.self) { try CaptureReader.frames(ofFile: folder + "/none.pcap") }
      #expect(throws: CaptureError.self) { try CaptureReader.frames(ofFile: folder) }
      try Data("no capture at all, only text".utf8).write(to: URL(fileURLWithPath: folder + "/text.pcap"))
      #expect(throws: CaptureError.self) { try CaptureReader.frames(ofFile: folder + "/text.pcap") }

      let writer = try PcapDirectoryWriter(directory: folder)
      writer.addInterface(named: "m:eth0")
      for seed in 0..<2 {
        try frame(60, UInt8(seed)).withUnsafeBytes { try writer.write($0, interface: 0, nanoseconds: 5) }
      }
      _ = try writer.finish()
      let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/m.eth0.pcap"))
      let recordEnds = [24, 24 + 76, 24 + 152]
      #expect(whole.count == recordEnds[2])
      for length in 0..<whole.count {
        let path = folder + "/cut.pcap"
        try whole.prefix(length).write(to: URL(fileURLWithPath: path))
        if let place = recordEnds.firstIndex(of: length) {
          #expect(try CaptureReader.frames(ofFile: path).count == place)
        } else {
          #expect(throws: CaptureError.self, "length \(length)") { try CaptureReader.frames(ofFile: path) }
        }
      }
      // A capture of another link type: LINKTYPE_RAW (101).
      var raw = whole
      raw[20] = 101
      try raw.write(to: URL(fileURLWithPath: folder + "/raw.pcap"))
      #expect(throws: CaptureError.self) { try CaptureReader.frames(ofFile: folder + "/raw.pcap") }
    }
  }

  @Test("a directory that cannot be made, or a file in its place, is an error that names it")
  func unwritable() throws {
    try withFolder { folder in
      try Data().write(to: URL(fileURLWithPath: folder + "/file"))
      for path in [folder + "/file", folder + "/none/deeper", "/proc/none"] {
        let error = #expect(throws: CaptureError.self) { _ = try PcapDirectoryWriter(directory: path) }
        #expect(error?.path == path)
      }
      #expect(throws: CaptureError.self) { _ = try PcapngWriter(path: folder + "/none/all.pcapng", application: "t") }
    }
  }
}
