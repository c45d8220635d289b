import Glibc
import ReportModel

/// Named pipes where libpq expects files: it would wait without an end for somebody who writes to them.
extension ConnectionString {
  private static let files = ["sslcert", "sslrootcert", "sslcrl"]

  /// - Parameter settings: what libpq has read of the text, its service file and the environment.
  /// - Returns: which file is none; nil when all are.
  static func pipe(in settings: [String: String]) -> String? {
    for keyword in files {
      guard let path = settings[keyword], isPipe(path) else { continue }
      return "\"\(keyword)\" is a named pipe, and not a file"
    }
    return nil
  }

  /// - Returns: which service file is none; nil when the text asks for no service, or libpq can read its file.
  static func pipeOfService(_ text: String) -> String? {
    guard text.contains("service") || getenv("PGSERVICE") != nil else { return nil }
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let own = variable("PGSERVICEFILE") ?? variable("HOME").map { $0 + "/.pg_service.conf" }
    return own.map(isPipe) ?? false ? "the service file is a named pipe, and not a file" : nil
  }

  private static func isPipe(_ path: String) -> Bool { StrangeFile.kind(at: path) == "named pipe" }
}
