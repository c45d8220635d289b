import ArgumentParser
import Foundation
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

extension LogFormat: ExpressibleByArgument {}

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use the project in this folder. (default: the nearest one with a reportgen.yaml)", valueName: "dir"))
  var project: String?

  @Option(
    help: ArgumentHelp(
      "Use this environment. (default: REPORTGEN_ENV, then default_env of reportgen.yaml)", valueName: "name")
  )
  var env: String?

  @Option(help: "Print results as text for people or as stable JSON.")
  var format: OutputFormat = .text

  @Option(
    help: ArgumentHelp(
      "Write standard error as text or as JSON lines. (default: REPORTGEN_LOG_FORMAT, then text)",
      valueName: "format"))
  var logFormat: LogFormat?

  @Flag(name: [.short, .long], help: "Print no progress, only results and errors.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Print also the steps of each report, and warnings about definitions.")
  var verbose = false
}

/// Which reports a command works on.
struct SelectionOptions: ParsableArguments {
  @Argument(help: "Take these reports: names or globs; +NAME adds what it reads, NAME+ what reads it.")
  var names: [String] = []

  @Option(help: ArgumentHelp("Add every report with this tag.", valueName: "tag"))
  var tag: [String] = []

  @Flag(help: "Take every report.")
  var all = false

  @Option(help: ArgumentHelp("Leave out this report: a name or a glob.", valueName: "name"))
  var exclude: [String] = []

  var isEmpty: Bool { names.isEmpty && tag.isEmpty && !all }
}

/// Which days a command works on.
struct DateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Take the interval that contains this day, such as 2026-11-22.", valueName: "day"))
  var date: CalendarDate?

  @Option(help: ArgumentHelp("Take every interval from this day on.", valueName: "day"))
  var from: CalendarDate?

  @Option(
    help: ArgumentHelp(
      "End before this day. (default: the end of the last closed interval)", valueName: "day"))
  var to: CalendarDate?

  func validate() throws {
    if date != nil, from != nil { throw ValidationError("Use one of --date and --from.") }
    if to != nil, from == nil { throw ValidationError("--to needs --from.") }
    if let from, let to, from >= to { throw ValidationError("--from has to be before --to.") }
  }

  var selection: DateSelection {
    if let date { return .day(date) }
    if let from { return .range(from: from, to: to) }
    return .missing
  }
}

extension ParameterAssignment: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension CalendarDate: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

/// `500ms`, `60s`, `10m`, `1h`.
struct DurationArgument: ExpressibleByArgument {
  var duration: Duration
  /// As it was written, for the help.
  var defaultValueDescription: String

  init?(argument: String) {
    defaultValueDescription = argument
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    switch argument.dropFirst(digits.count) {
    case "ms": duration = .milliseconds(number)
    case "s", "": duration = .seconds(number)
    case "m": duration = .seconds(number * 60)
    case "h": duration = .seconds(number * 3600)
    default: return nil
    }
  }
}
