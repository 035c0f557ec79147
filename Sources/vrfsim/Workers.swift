internal import Synchronization
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Does many independent things on several threads.
enum Workers {
  /// As much as the main thread of a Linux program has.
  private static let stackSize = 8 << 20

  /// What the threads share: how far they are, and what to do.
  private final class Work: Sendable {
    let next = Mutex(0)
    let count: Int
    let body: @Sendable (Int) -> Void

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) { (self.count, self.body) = (count, body) }

    func run() {
      while let place = take() { body(place) }
    }

    private func take() -> Int? {
      next.withLock { next in
        if next >= count { return nil }
        next += 1
        return next - 1
      }
    }
  }

  /// Calls `body` with 0 to `count - 1`, each once, `jobs` of them at the same time; they begin in order.
  static func run(_ count: Int, jobs: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let work = Work(count, body)
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    pthread_attr_setstacksize(attributes, stackSize)
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    var threads: [pthread_t] = []
    for _ in 1..<max(2, min(jobs, count) + 1) {
      let context = Unmanaged.passRetained(work)
      #if canImport(Glibc)
        var thread = pthread_t()
        let result = pthread_create(&thread, attributes, { context in
          if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
          return nil
        }, context.toOpaque())
        if result == 0 { threads.append(thread) } else { context.release() }
      #else
        var thread: pthread_t?
        let result = pthread_create(&thread, attributes, { context in
          Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, context.toOpaque())
        if result == 0, let thread { threads.append(thread) } else { context.release() }
      #endif
    }
    // Where the system gives no thread at all, this one does the work.
    if threads.isEmpty { work.run() }
    for thread in threads { pthread_join(thread, nil) }
  }
}
