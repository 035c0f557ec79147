import Foundation
import Testing

/// Captures of so many frames that a second thread writes them while the run goes on.
@Suite struct CaptureFilesTests {
  /// Two hosts on a cable, and 20,000 datagrams, each with its number: 2.9 MB on each of four interfaces.
  private static let many = """
    {"vrfsim":1,"nodes":{
    "a":{"interfaces":{"eth0":{"addresses":["10.0.0.1/24"]}}},
    "b":{"interfaces":{"eth0":{"addresses":["10.0.0.2/24"]}},"services":[{"udp":9000,"reply":"none"}]}},
    "links":[{"endpoints":["a:eth0","b:eth0"]}],
    "timeline":[{"on":"a","burst":{"to":"10.0.0.2:9000","count":20000,"size":100,"rate":1000000,"flows":1}}]}
    """

  private struct Record: Equatable {
    let time: UInt64
    let frame: Data
  }

  /// The records of a pcap file.
  private func records(ofPcap bytes: Data) -> [Record] {
    var records: [Record] = []
    var place = 24
    while place + 16 <= bytes.count {
      let end = place + 16 + Int(bytes.number(at: place + 8))
      let time = bytes.number(at: place) * 1_000_000_000 + bytes.number(at: place + 4)
      records.append(Record(time: time, frame: bytes[place + 16..<min(end, bytes.count)]))
      place = end
    }
    #expect(place == bytes.count, "the last record is whole")
    return records
  }

  /// The enhanced packet blocks of a pcapng file, each with its interface.
  private func records(ofPcapng bytes: Data) -> [(interface: UInt64, record: Record)] {
    var records: [(interface: UInt64, record: Record)] = []
    var place = 0
    while place + 12 <= bytes.count {
      if bytes.number(at: place) == 6 {
        let frame = bytes[place + 28..<place + 28 + Int(bytes.number(at: place + 20))]
        let time = bytes.number(at: place + 12) << 32 | bytes.number(at: place + 16)
        records.append((bytes.number(at: place + 8), Record(time: time, frame: frame)))
      }
      place += Int(bytes.number(at: place + 4))
    }
    #expect(place == bytes.count, "the last block is whole")
    return records
  }

  @Test("every frame is in both forms, in its order, and a second run writes the same bytes")
  func manyFrames() throws {
    try withFiles(["s.json": Self.many]) { folder in
      var written: [[Data]] = []
      for run in ["1", "2"] {
        let program = try Program("run", folder + "/s.json", "--pcap", folder + "/" + run, "--pcapng", folder + "/\(run).pcapng")
        #expect(program.exitCode == 0, "\(program.errors)")
        let names = ["\(run)/a.eth0.pcap", "\(run)/a.lo.pcap", "\(run)/b.eth0.pcap", "\(run)/b.lo.pcap", "\(run).pcapng"]
        written.append(try names.map { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)) })
        // ARP asks and is answered once.
        #expect(program.output.contains("captures: 4 files, 40004 frames"), "\(program.output)")
      }
      #expect(written[0] == written[1])
      let pcaps = written[0][0...3].map { records(ofPcap: $0) }
      #expect(pcaps.map(\.count) == [20_002, 0, 20_002, 0])
      let pcapng = records(ofPcapng: written[0][4])
      #expect(zip(pcapng, pcapng.dropFirst()).allSatisfy { $0.record.time <= $1.record.time })
      let interfaces = Set(pcapng.map(\.interface)).sorted()
      #expect(interfaces.count == 2)
      for (interface, pcap) in zip(interfaces, [pcaps[0], pcaps[2]]) {
        #expect(pcapng.filter { $0.interface == interface }.map(\.record) == pcap)
      }
    }
  }

  @Test("an interface that is made during the run and speaks long after has its frames")
  func lateInterface() throws {
    let scenario = Self.many.replacing("\"timeline\":[", with: #""timeline":[{"on":"a","run":"ip link add d0 type dummy"},"#)
      .replacing("}}]}", with: #"}},{"on":"a","run":"ip link set d0 up"},{"on":"a","run":"ip addr add 10.0.9.1/24 dev d0"},{"on":"a","run":"ping -c 1 -W 1 10.0.9.2"}]}"#)
    try withFiles(["s.json": scenario]) { folder in
      let program = try Program("run", folder + "/s.json", "--pcap", folder + "/c", "--pcapng", folder + "/all.pcapng")
      #expect(program.exitCode == 0, "\(program.errors)")
      // The echo request; a dummy asks for no neighbor.
      #expect(try records(ofPcap: Data(contentsOf: URL(fileURLWithPath: folder + "/c/a.d0.pcap"))).count == 1)
    }
  }

  @Test("a file that the system lets grow no further is an error with its path, and nothing is left behind")
  func noRoom() throws {
    try withFiles(["s.json": Self.many]) { folder in
      for (option, name, file) in [("--pcap", "captures", "captures/a.eth0.pcap"), ("--pcapng", "all.pcapng", "all.pcapng")] {
        let program = try Program(
          "run", folder + "/s.json", option, folder + "/" + name, largestFile: 1_024)
        #expect(program.exitCode == 2)
        #expect(program.errors == "vrfsim: \(folder)/\(file): File too large (errno 27)\n")
        #expect(program.output == "")
        let left = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.contains(".pcap") }
        #expect(left == [])
      }
    }
  }
}

extension Data {
  /// Four bytes as a number, in the order of little-endian machines.
  fileprivate func number(at place: Int) -> UInt64 {
    UInt64(UInt32(littleEndian: withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }))
  }
}
