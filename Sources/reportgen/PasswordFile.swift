import Foundation
import ReportModel

/// libpq's password file, which it ignores when others may read it.
///
/// libpq says so on standard error itself, at every connection and whatever the log's format is. So it is looked at first,
/// and libpq is sent to a place where no file can be: it would not have used this one either.
enum PasswordFile {
  /// - Returns: a warning when the file is there and libpq would ignore it; libpq is silent from then on.
  static func warning() -> Diagnostic? {
    let variables = ProcessInfo.processInfo.environment
    let named = variables["PGPASSFILE"].flatMap { $0.isEmpty ? nil : $0 }
    guard let path = named ?? variables["HOME"].map({ $0 + "/.pgpass" }) else { return nil }
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let isPlain = status.st_mode & S_IFMT == S_IFREG
    guard !isPlain || status.st_mode & 0o077 != 0 else { return nil }
    setenv("PGPASSFILE", "/dev/null/pgpass", 1)
    return Diagnostic(
      .warning,
      isPlain
        ? "password file \"\(path)\" is ignored: others may read it"
        : "password file \"\(path)\" is no plain file",
      hint: isPlain ? "Run chmod 600 \(path)." : nil)
  }
}
