import ReportModel

/// Errors of PostgreSQL's programs as diagnostics with a hint.
enum ServerLog {
  private static let hints: [(sign: String, hint: String)] = [
    ("No space left on device", "Free some space on the disk, then run the command again."),
    ("invalid locale", "The locale C.UTF-8 is missing: run \"apt-get install libc-bin\"."),
    ("could not set default locale", "The locale C.UTF-8 is missing: run \"apt-get install libc-bin\"."),
    ("is too long (maximum", "The path of the socket must be shorter than 108 bytes."),
    ("parameter \"TimeZone\"", "\"timezone\" in reportgen.yaml must be an IANA name such as Europe/Moscow."),
    ("another postmaster", "Another server uses these sockets: stop it, then run the command again."),
    ("is not compatible with", "Another major version created the data: run \"reportgen sandbox reset\"."),
    (
      "could not resize shared memory", "/dev/shm is too small: give the container more, 256 MB for instance."
    ),
    (
      "could not create shared memory", "/dev/shm is too small: give the container more, 256 MB for instance."
    ),
  ]

  /// - Parameters:
  ///   - log: The program's output; its last lines become the detail.
  ///   - logFile: Where all of it is, for the hint.
  static func explain(_ message: String, log: String, logFile: String? = nil) -> Diagnostic {
    let lines = log.split(separator: "\n").map(String.init)
    let loud = lines.filter { line in
      ["FATAL", "PANIC", "ERROR", "error:", "HINT"].contains { line.contains($0) }
    }
    let shown = (loud.isEmpty ? lines : loud).suffix(3).joined(separator: "\n")
    let known = hints.first { log.contains($0.sign) }?.hint
    let fallback = logFile.map {
      "See \($0). After a crash of the machine itself run \"reportgen sandbox reset\"."
    }
    return Diagnostic(.error, message, detail: shown.isEmpty ? nil : shown, hint: known ?? fallback)
  }
}
