import ReportModel

/// Where exports lie: the folder itself, and how people see it named.
public struct ExportRoot: Hashable, Sendable {
  /// Absolute.
  public var path: String
  /// As the project names it: `out`.
  public var shown: String
  /// Names this machine in the ledger: the same folder on two hosts is two folders.
  public var host: String
  /// Written into pages and manifests: `reportgen 0.1.0`.
  public var generator: String
  /// Tells this process's temporary files from another's.
  public var processID: Int32

  public init(path: String, shown: String, host: String, generator: String, processID: Int32) {
    self.path = path
    self.shown = shown
    self.host = host
    self.generator = generator
    self.processID = processID
  }
}
