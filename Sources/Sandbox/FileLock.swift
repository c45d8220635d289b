import Foundation
import ReportModel

/// A lock that ends with its process, whatever kills it, because the servers do not inherit its file.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Waits until no other process holds the lock; a cancelled task stops waiting.
  init(_ path: String, waiting: () -> Void) async throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw Diagnostic(.error, "could not open \"\(path)\": \(String(cString: strerror(errno)))")
    }
    var told = false
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if !told { waiting() }
      told = true
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  deinit { close(descriptor) }
}
