import Glibc

/// libpq ignores a password file that others may read, and says so on standard error itself at every connection.
extension ConnectionString {
  /// A path where no file can be, so that libpq says nothing: it would not have used the other file either.
  static let noPasswordFile = ("passfile", "/dev/null/pgpass")

  /// The password file of the string, its service or `PGPASSFILE`, if libpq would ignore it.
  ///
  /// - Returns: nil for one that libpq uses, for none, and for a string that it refuses.
  static func ignoredPasswordFile(of text: String) -> IgnoredPasswordFile? {
    // With a password no file is looked for.
    guard let connection = start([("dbname", text), ("target_session_attrs", "none"), ("password", "-")])
    else {
      return nil
    }
    defer { finish(connection) }
    return settings(of: connection)?["passfile"].flatMap(IgnoredPasswordFile.init)
  }
}

/// A password file that libpq does not use.
package struct IgnoredPasswordFile: Hashable, Sendable {
  package let path: String
  /// Others than its owner may read it; otherwise it is no plain file.
  package let isPlain: Bool

  /// - Returns: nil when there is no file, or libpq uses it.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    isPlain = status.st_mode & S_IFMT == S_IFREG
    guard !isPlain || status.st_mode & 0o077 != 0 else { return nil }
    self.path = path
  }
}
