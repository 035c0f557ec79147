internal import DiscreteEvents

// What happens to connections is told to the programs that listen for it: `conntrack -E`.

/// What happened to a connection since its listeners were told last.
///
/// Kernel counterpart: `enum ip_conntrack_events` (include/uapi/linux/netfilter/nf_conntrack_common.h, v6.12).
struct ConnectionChanges: OptionSet, Sendable, BitwiseCopyable {
  let rawValue: UInt8
  static let isNew = ConnectionChanges(rawValue: 1 << 0)
  static let wasAnswered = ConnectionChanges(rawValue: 1 << 1)
  static let isAssured = ConnectionChanges(rawValue: 1 << 2)
  /// The state of TCP.
  static let hasOtherState = ConnectionChanges(rawValue: 1 << 3)
  static let hasOtherMark = ConnectionChanges(rawValue: 1 << 4)
  /// Somebody listened when the connection began; of others nothing is ever told.
  ///
  /// Kernel counterpart: `nf_ct_ecache_ext_add()` where `nf_conntrack_events` is 2
  /// (net/netfilter/nf_conntrack_ecache.c, v6.12).
  static let areCollected = ConnectionChanges(rawValue: 1 << 7)
}

/// What a listener is told of a connection.
///
/// Kernel counterpart: `ctnetlink_conntrack_event()` (net/netfilter/nf_conntrack_netlink.c, v6.12).
public struct ConnectionNotice: Sendable {
  public enum Kind: Sendable {
    case new, update, destroy
  }

  /// Which kinds somebody wants to hear of.
  public struct Kinds: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let new = Kinds(rawValue: 1)
    public static let update = Kinds(rawValue: 2)
    public static let destroy = Kinds(rawValue: 4)
    public static let all: Kinds = [.new, .update, .destroy]

    func contains(_ kind: Kind) -> Bool {
      switch kind {
      case .new: contains(Kinds.new)
      case .update: contains(Kinds.update)
      case .destroy: contains(Kinds.destroy)
      }
    }
  }

  public let kind: Kind
  /// As it is at that moment.
  public let connection: ConnectionInfo
  /// Whether the state of TCP is told, which it is where it has changed, and at the end.
  public let tellsState: Bool
  /// Whether the mark is told: where it has changed, or is not 0.
  public let tellsMark: Bool
  /// Whether a program took the connection away.
  public let isByProgram: Bool
}

/// A program that listens to what happens to the connections of its namespace.
public struct ConnectionListenerRequest: Sendable {
  public var kinds = ConnectionNotice.Kinds.all

  public init() {}
}

struct ConnectionListenerState: Sendable {
  let request: ConnectionListenerRequest
  /// When it looks for connections whose time is over; `nil` where there is none.
  var wakes: Instant?
  /// When it may do so next.
  var earliestWake = Instant(nanoseconds: 0)
}

// MARK: - Collecting

extension Kernel {
  /// What a new connection of a namespace begins with.
  func initialChanges(in namespace: NamespaceID) -> ConnectionChanges {
    namespaces[namespace.index].connectionListeners.isEmpty ? [] : .areCollected
  }

  /// Remembers a change until the packet that made it has passed all rules.
  ///
  /// Kernel counterpart: `nf_conntrack_event_cache()` (include/net/netfilter/nf_conntrack_ecache.h, v6.12).
  @inline(__always)
  mutating func noteChange(_ change: ConnectionChanges, of id: ConnectionID) {
    if connections[id].changes.contains(.areCollected) { connections[id].changes.insert(change) }
  }

  /// Tells the listeners what has been collected of a connection: all at once.
  ///
  /// Kernel counterpart: `nf_ct_deliver_cached_events()` (net/netfilter/nf_conntrack_ecache.c, v6.12).
  mutating func tellChanges(of id: ConnectionID) {
    let connection = connections[id]
    guard connection.isConfirmed, !connection.status.contains(.dying) else { return }
    let changes = connection.changes.subtracting(.areCollected)
    guard !changes.isEmpty else { return }
    connections[id].changes = .areCollected
    tell(changes.contains(.isNew) ? .new : .update, id, changes)
    for listener in namespaces[connection.original.namespace.index].connectionListeners {
      wakeConnectionListener(listener, at: connection.expiry)
    }
  }

  /// Tells the listeners that a connection is taken out of the table.
  @inline(__always)
  mutating func tellEnd(of id: ConnectionID, isByProgram: Bool) {
    if connections[id].changes.contains(.areCollected) { tell(.destroy, id, [], isByProgram: isByProgram) }
  }

  /// Makes a notice where somebody wants to hear of its kind: a connection outlives who listened when it began.
  ///
  /// Kernel counterpart: `nfnetlink_has_listeners()` (net/netfilter/nfnetlink.c, v6.12).
  private mutating func tell(
    _ kind: ConnectionNotice.Kind, _ id: ConnectionID, _ changes: ConnectionChanges, isByProgram: Bool = false
  ) {
    let listeners = namespaces[connections[id].original.namespace.index].connectionListeners.filter { listener in
      guard case .connectionListener(let state) = sessions[listener.index].state else { return false }
      return state.request.kinds.contains(kind)
    }
    guard !listeners.isEmpty else { return }
    let info = connectionInfo(id)
    let notice = ConnectionNotice(
      kind: kind, connection: info, tellsState: kind == .destroy || changes.contains(.hasOtherState),
      tellsMark: info.mark != 0 || changes.contains(.hasOtherMark), isByProgram: isByProgram)
    madeConnectionNotices += 1
    for listener in listeners { report(listener, .connectionNotice(notice)) }
  }
}

// MARK: - Listening

extension Kernel {
  mutating func startConnectionListener(_ id: SessionID) {
    namespaces[sessions[id.index].namespace.index].connectionListeners.append(id)
  }

  /// Lets a listener look for old connections no later than at an instant.
  private mutating func wakeConnectionListener(_ id: SessionID, at instant: Instant) {
    guard case .connectionListener(var state) = sessions[id.index].state else { return }
    let wake = max(instant, state.earliestWake)
    if let wakes = state.wakes, wakes <= wake { return }
    state.wakes = wake
    sessions[id.index].state = .connectionListener(state)
    setSessionTimer(id, at: wake)
  }

  /// Takes away the connections whose time is over, so that it is heard of.
  ///
  /// Differs(iptables): while `conntrack -E` runs, connections whose time is over go at that instant, or a second
  /// after others did; Linux finds them when its collector comes by, up to a minute later.
  ///
  /// Kernel counterpart: `gc_worker()` (net/netfilter/nf_conntrack_core.c, v6.12).
  mutating func connectionListenerTimer(_ id: SessionID) {
    guard case .connectionListener(var state) = sessions[id.index].state else { return }
    state.wakes = nil
    state.earliestWake = now + 1_000_000_000
    sessions[id.index].state = .connectionListener(state)
    let namespace = sessions[id.index].namespace
    var next: Instant?
    for connection in connections.confirmed where connections[connection].original.namespace == namespace {
      let expiry = connections[connection].expiry
      if expiry <= now {
        destroyConnection(connection)
      } else {
        next = min(next ?? expiry, expiry)
      }
    }
    if let next { wakeConnectionListener(id, at: next) }
  }
}
