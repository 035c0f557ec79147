internal import CPcap
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// libpcap, loaded when it is first asked: it brings nine others with it, which take a tenth of a short run to load, and
/// most runs neither filter frames nor replay captures.
enum Libpcap {
  typealias Handle = OpaquePointer

  // Unchecked: the library stays where it is.
  nonisolated(unsafe) private static let library: UnsafeMutableRawPointer? = {
    for name in ["libpcap.so.0.8", "libpcap.so.1", "libpcap.A.dylib"] {
      if let library = dlopen(name, RTLD_NOW) { return library }
    }
    return nil
  }()

  /// Whether it is there: to be asked before any of its functions is.
  static var isThere: Bool { library != nil }

  static let openDead: @convention(c) (CInt, CInt) -> Handle? = function("pcap_open_dead")
  static let close: @convention(c) (Handle) -> Void = function("pcap_close")
  static let compile:
    @convention(c) (Handle, UnsafeMutablePointer<bpf_program>, UnsafePointer<CChar>, CInt, bpf_u_int32) -> CInt =
      function("pcap_compile")
  static let error: @convention(c) (Handle) -> UnsafePointer<CChar> = function("pcap_geterr")
  static let freeCode: @convention(c) (UnsafeMutablePointer<bpf_program>) -> Void = function("pcap_freecode")
  static let offlineFilter:
    @convention(c) (UnsafePointer<bpf_program>, UnsafePointer<pcap_pkthdr>, UnsafePointer<UInt8>) -> CInt =
      function("pcap_offline_filter")
  static let openOffline:
    @convention(c) (UnsafePointer<CChar>, UInt32, UnsafeMutablePointer<CChar>) -> Handle? =
      function("pcap_open_offline_with_tstamp_precision")
  static let dataLink: @convention(c) (Handle) -> CInt = function("pcap_datalink")
  static let dataLinkName: @convention(c) (CInt) -> UnsafePointer<CChar>? = function("pcap_datalink_val_to_name")
  static let next:
    @convention(c) (
      Handle, UnsafeMutablePointer<UnsafeMutablePointer<pcap_pkthdr>?>, UnsafeMutablePointer<UnsafePointer<UInt8>?>
    ) -> CInt = function("pcap_next_ex")

  /// - Precondition: the library is there, and has the function with this type.
  private static func function<Function>(_ name: String) -> Function {
    guard let library, let symbol = dlsym(library, name) else { preconditionFailure("libpcap has no \(name)") }
    return unsafeBitCast(symbol, to: Function.self)
  }
}
