import ReportModel

/// How the command writes standard error.
package enum LogFormat: String, Sendable, CaseIterable {
  /// Lines for people.
  case text
  /// One JSON object a line.
  case json

  private static let variable = "REPORTGEN_LOG_FORMAT"

  /// `--log-format` over `REPORTGEN_LOG_FORMAT` over text.
  ///
  /// - Throws: Status 64 for a variable with another value.
  package static func setting(_ option: LogFormat?, in surroundings: Surroundings) throws(RunError)
    -> Setting<LogFormat>
  {
    if let option { return Setting(option, from: .option("--log-format")) }
    guard let written = surroundings.variables[variable] else {
      return Setting(.text, from: .builtIn)
    }
    guard let format = LogFormat(rawValue: written) else {
      throw RunError(.usage, Diagnostic("\(variable) must be text or json, but is \"\(written)\""))
    }
    return Setting(format, from: .variable(variable))
  }
}
