import Foundation
import ReportModel

/// A lock on a file, which the kernel releases when the process ends; servers do not inherit the file.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Waits until no other process holds the lock; a cancelled task stops waiting.
  ///
  /// - Parameter waiting: Called once, after half a second of waiting.
  init(_ path: String, waiting: () -> Void) async throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw SystemError("open", path, errno: errno).diagnostic()
    }
    // A child between fork and exec has a copy of the file for an instant, which is not worth a message.
    var tries = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      tries += 1
      if tries == 25 { waiting() }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  deinit { close(descriptor) }
}
