internal import CPcap
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A frame of a capture file.
public struct CapturedFrame: Hashable, Sendable {
  /// Nanoseconds since the first frame of the file; never negative.
  public let offset: Int64
  public let bytes: [UInt8]
}

/// Reads pcap and pcapng files through libpcap.
public enum CaptureReader {
  /// How many frames a file may hold.
  public static let frameBound = 1_000_000

  /// All frames of an Ethernet capture, in the order of the file.
  ///
  /// - Throws: where the file cannot be read, is no capture, is cut off, holds something else than whole Ethernet
  ///   frames of up to 65,535 bytes, or too many of them.
  public static func frames(ofFile path: String) throws(CaptureError) -> [CapturedFrame] {
    var status = stat()
    if stat(path, &status) != 0 { throw .system(path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .system(path, EISDIR) }
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard
      let handle = pcap_open_offline_with_tstamp_precision(path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
    else { throw CaptureError(path: path, reason: text(message).withoutPrefix("\(path): ")) }
    defer { pcap_close(handle) }
    guard pcap_datalink(handle) == DLT_EN10MB else {
      let name = pcap_datalink_val_to_name(pcap_datalink(handle)).map { String(cString: $0) } ?? "unknown"
      throw CaptureError(path: path, reason: "the frames are \(name), only Ethernet (EN10MB) can be replayed")
    }
    return try frames(handle, path)
  }

  private static func frames(_ handle: OpaquePointer, _ path: String) throws(CaptureError) -> [CapturedFrame] {
    var frames: [CapturedFrame] = []
    var first: Int64?
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    while true {
      switch pcap_next_ex(handle, &header, &data) {
      case 1:
        guard let header = header?.pointee, let data else {
          throw CaptureError(path: path, reason: "libpcap gave a frame without bytes")
        }
        let number = frames.count + 1
        guard header.caplen == header.len else {
          throw CaptureError(
            path: path, reason: "frame \(number) was cut when captured: \(header.caplen) of \(header.len) bytes")
        }
        guard header.caplen <= 65_535 else {
          throw CaptureError(path: path, reason: "frame \(number) has \(header.caplen) bytes, more than 65,535")
        }
        guard number <= frameBound else {
          throw CaptureError(path: path, reason: "more than \(frameBound) frames")
        }
        let instant = Int64(header.ts.tv_sec) * 1_000_000_000 + Int64(header.ts.tv_usec)
        let start = first ?? instant
        first = start
        frames.append(
          CapturedFrame(
            offset: max(0, instant - start),
            bytes: Array(UnsafeBufferPointer(start: data, count: Int(header.caplen)))))
      case -2: return frames
      default:
        throw CaptureError(path: path, reason: String(cString: pcap_geterr(handle)).withoutPrefix("\(path): "))
      }
    }
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension String {
  fileprivate func withoutPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
