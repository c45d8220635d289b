import Foundation
import ReportModel

/// A lock that ends with its process, whatever kills it, because the servers do not inherit its file.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Waits until no other process holds the lock; a cancelled task stops waiting.
  init(_ path: String, waiting: () -> Void) async throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw SystemError("open", path, errno: errno).diagnostic()
    }
    // A child between fork and exec still holds a copy of the file: a moment's wait is nobody's business.
    var tries = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      tries += 1
      if tries == 25 { waiting() }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  deinit { close(descriptor) }
}
