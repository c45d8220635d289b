import ArgumentParser
import ReportModel
import ReportSettings

/// `reportgen --version`, also with `--format`.
///
/// Answered without the parser's walk over every command: scripts ask for the version more often than people do.
enum VersionRequest {
  /// - Parameter arguments: without the program's name.
  /// - Returns: nil when they ask for something else.
  /// - Throws: `RunError` 64 for a format that does not exist.
  static func format(of arguments: [String]) throws(RunError) -> OutputFormat? {
    guard let position = arguments.firstIndex(of: "--version") else { return nil }
    var others = arguments
    others.remove(at: position)
    let name: String
    switch others.count {
    case 0: return .text
    case 1 where others[0].hasPrefix("--format="): name = String(others[0].dropFirst("--format=".count))
    case 2 where others[0] == "--format": name = others[1]
    default: return nil
    }
    if let format = OutputFormat(rawValue: name) { return format }
    throw RunError(
      .usage,
      Diagnostic("\"\(name)\" is no format of --version", hint: "Formats are \"text\" and \"json\"."))
  }

  static func answer(in format: OutputFormat) throws {
    let record = BuildRecord()
    switch format {
    case .text: Console.print(record.text)
    case .json: try Console.printJSON(record)
    }
  }
}
