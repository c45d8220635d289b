import CLibPQ
import Glibc
import ReportModel

/// An `eventfd` that ends another thread's `poll`.
final class Wakeup: Sendable {
  enum Outcome {
    /// The socket's `revents`.
    case ready(Int16)
    /// `fire` was called, once or more, possibly by an earlier call.
    case woken
    case deadline
  }

  private let descriptor: Int32

  init() throws {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard descriptor >= 0 else { throw SystemError(doing: "create an eventfd", code: errno) }
  }

  deinit { close(descriptor) }

  /// May be called from any thread.
  func fire() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// Waits until the socket is ready, `fire` is called or the deadline passes.
  ///
  /// A passed deadline wins over a ready socket, so that a socket that is always ready cannot prevent it.
  func wait(socket: Int32 = -1, events: Int16 = 0, until deadline: ContinuousClock.Instant?) -> Outcome {
    // poll ignores negative descriptors.
    var polled = [
      pollfd(fd: socket, events: events, revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let milliseconds = deadline.map(Self.milliseconds(until:)) ?? -1
      if milliseconds == 0 { return .deadline }
      let count = poll(&polled, 2, milliseconds)
      if count > 0 { break }
    }
    if polled[1].revents != 0 {
      clear()
      return .woken
    }
    return .ready(polled[0].revents)
  }

  private func clear() {
    var value: UInt64 = 0
    _ = read(descriptor, &value, 8)
  }

  /// Rounded up, to avoid polling without waiting in the last millisecond. At most one hour; the caller then polls again.
  private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
    let left = ContinuousClock.now.duration(to: deadline)
    guard left > .zero else { return 0 }
    guard left < .seconds(3600) else { return 3_600_000 }
    return Int32(left / .milliseconds(1)) + 1
  }
}

/// What a socket is ready for right now.
func readiness(of socket: Int32, _ events: Int32) -> Int32 {
  var polled = pollfd(fd: socket, events: Int16(events), revents: 0)
  return poll(&polled, 1, 0) > 0 ? Int32(polled.revents) : 0
}
