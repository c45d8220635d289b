import ContentDigest
import Glibc
import ReportModel

/// Writes one new file in one pass, and computes its size and SHA-256.
///
/// The file has a temporary name in the destination's folder. `finish` syncs it; the caller renames it. Until `finish` the
/// file is locked, which tells other processes that it is in use. A writer that is released unfinished removes its file. Owns
/// the file descriptor and a buffer of 256 KiB.
package final class FileWriter: ByteSink {
  static let bufferBytes = 256 * 1024

  /// The final name of the file.
  package let name: String
  /// Bytes written so far.
  private(set) var byteCount = 0

  private let directory: Directory
  private let temporaryName: String
  private var descriptor: Int32
  private let buffer: UnsafeMutableRawPointer
  private var filled = 0
  private let digest = SHA256Digest()
  private var failure: Diagnostic?

  /// - Throws: `Diagnostic`, also when the temporary name exists.
  init(directory: Directory, name: String, temporaryName: String) throws {
    self.name = name
    self.directory = directory
    self.temporaryName = temporaryName
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    descriptor = openat(directory.descriptor, temporaryName, flags, 0o666)
    let code = errno
    // The lock is optional, because not every file system supports it.
    if descriptor >= 0 { _ = flock(descriptor, LOCK_EX | LOCK_NB) }
    buffer = .allocate(byteCount: Self.bufferBytes, alignment: 64)
    guard descriptor >= 0 else {
      throw FileFailure.diagnostic(
        "create", directory.path(code == EEXIST ? temporaryName : name), errno: code)
    }
  }

  deinit {
    discard()
    buffer.deallocate()
  }

  /// Appends bytes to the buffer, and writes the buffer when it is full.
  ///
  /// - Throws: `Diagnostic`; every later call throws the same.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let failure { throw failure }
    if bytes.count > Self.bufferBytes - filled { try flush() }
    if bytes.count >= Self.bufferBytes {
      try put(bytes)
    } else if let base = bytes.baseAddress {
      (buffer + filled).copyMemory(from: base, byteCount: bytes.count)
      filled += bytes.count
    }
    byteCount += bytes.count
  }

  /// Syncs and closes the file. Blocks the thread meanwhile.
  ///
  /// - Parameter rows: the number of rows in the file; nil for a file without rows.
  /// - Returns: the file's entry in the manifest.
  /// - Throws: `Diagnostic` for a failed write or sync.
  package func finish(rows: Int? = nil) throws -> Manifest.File {
    let descriptor = try beginFinish()
    return try endFinish(synced: fsync(descriptor) == 0 ? 0 : errno, rows: rows)
  }

  /// The first half of `finish`, for callers that sync on another thread.
  ///
  /// - Returns: the descriptor to pass to `fsync`; the writer still owns it.
  func beginFinish() throws -> Int32 {
    if let failure { throw failure }
    try flush()
    return descriptor
  }

  /// The second half of `finish`.
  ///
  /// - Parameter synced: 0, or the `errno` of `fsync`.
  func endFinish(synced: Int32, rows: Int?) throws -> Manifest.File {
    if let failure { throw failure }
    guard synced == 0 else { throw failed("write", synced) }
    let closed = close(descriptor)
    descriptor = -1
    // Network file systems report a full disk when the file is closed.
    guard closed == 0 else {
      let code = errno
      unlinkat(directory.descriptor, temporaryName, 0)
      throw failed("write", code)
    }
    return Manifest.File(name: name, bytes: byteCount, sha256: digest.finish(), rows: rows)
  }

  /// Closes and removes the file. Does nothing after `finish`.
  package func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlinkat(directory.descriptor, temporaryName, 0)
    if failure == nil { failure = Diagnostic(.error, "\"\(directory.path(name))\" was discarded") }
  }

  private func flush() throws {
    guard filled > 0 else { return }
    try put(UnsafeRawBufferPointer(start: buffer, count: filled))
    filled = 0
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws {
    digest.update(bytes)
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failed("write", errno) }
      done += count
    }
  }

  private func failed(_ verb: String, _ code: Int32) -> Diagnostic {
    let diagnostic = FileFailure.diagnostic(verb, directory.path(name), errno: code)
    failure = diagnostic
    return diagnostic
  }
}
