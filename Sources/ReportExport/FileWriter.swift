import ContentDigest
import Glibc
import ReportModel

/// Writes one new file in one pass, with its SHA-256 and size; readers see it only once it is whole.
///
/// The bytes go to a temporary name in the destination's own folder, and `finish` makes them durable there; giving them
/// the real name is the folder's job. Until then the file is locked, which shows that it is not left over. A writer that is dropped unfinished removes its file. Owns the file descriptor;
/// holds 256 KiB.
package final class FileWriter: ByteSink {
  static let bufferBytes = 256 * 1024

  /// The name the file will have.
  package let name: String
  /// Written so far.
  package private(set) var byteCount = 0

  private let directory: Directory
  private let temporaryName: String
  private var descriptor: Int32
  private let buffer: UnsafeMutableRawPointer
  private var filled = 0
  private let digest = SHA256Digest()
  private var failure: Diagnostic?

  /// - Throws: `Diagnostic`, also when the temporary name is taken.
  init(directory: Directory, name: String, temporaryName: String) throws {
    self.name = name
    self.directory = directory
    self.temporaryName = temporaryName
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    descriptor = openat(directory.descriptor, temporaryName, flags, 0o666)
    let code = errno
    // Not every file system has locks, and none is needed to write.
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

  /// Makes the bytes durable and closes the file.
  ///
  /// - Parameter rows: how many the file holds; nil where that means nothing.
  package func finish(rows: Int? = nil) throws -> Manifest.File {
    let descriptor = try beginFinish()
    return try endFinish(synced: fsync(descriptor) == 0 ? 0 : errno, rows: rows)
  }

  /// The first half of `finish`, for callers who must not hold their thread while the disk works.
  ///
  /// - Returns: the descriptor to `fsync`, still owned here.
  func beginFinish() throws -> Int32 {
    if let failure { throw failure }
    try flush()
    return descriptor
  }

  /// - Parameter synced: 0, or the `errno` of `fsync`.
  func endFinish(synced: Int32, rows: Int?) throws -> Manifest.File {
    if let failure { throw failure }
    guard synced == 0 else { throw failed("write", synced) }
    let closed = close(descriptor)
    descriptor = -1
    // Network file systems report a full disk only here.
    guard closed == 0 else {
      let code = errno
      unlinkat(directory.descriptor, temporaryName, 0)
      throw failed("write", code)
    }
    return Manifest.File(name: name, bytes: byteCount, sha256: digest.finish(), rows: rows)
  }

  /// Closes and removes the file; nothing happens after `finish`.
  package func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlinkat(directory.descriptor, temporaryName, 0)
    if failure == nil { failure = Diagnostic(.error, "\"\(directory.path(name))\" was given up") }
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
