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

  @Option(
    help: ArgumentHelp(
      "Colour errors and warnings; auto does so on a terminal without NO_COLOR.", valueName: "when"))
  var color: Paint = .auto

  @Flag(name: [.short, .long], help: "Print no progress, only results and errors.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Print also the steps of each report, and warnings about definitions.")
  var verbose = false
}

/// Which reports a command works on.
struct SelectionOptions: ParsableArguments {
  @Argument(
    help: "Take these reports: names, globs or tag:TAG; +NAME adds what it reads, NAME+ what reads it.")
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
    help: ArgumentHelp(
      "Take the interval that contains this day, or those of yesterday, 2026-11 or \"last month\".",
      valueName: "day"), transform: DayWords.argument)
  var date: DayWords?

  @Option(
    help: ArgumentHelp("Take every interval from this day on.", valueName: "day"),
    transform: DayWords.argument)
  var from: DayWords?

  @Option(
    help: ArgumentHelp(
      "End before this day. (default: the end of the last closed interval)", valueName: "day"),
    transform: DayWords.argument)
  var to: DayWords?

  var isEmpty: Bool { date == nil && from == nil }

  func validate() throws {
    if date != nil, from != nil { throw ValidationError("Use one of --date and --from.") }
    if to != nil, from == nil { throw ValidationError("--to needs --from.") }
    if case .day(let from)? = from, case .day(let to)? = to, from >= to { throw Self.order }
  }

  private static let order = ValidationError("--from has to be before --to.")

  /// - Throws: `RunError` 64 for days beyond the calendar, and for an end before the start.
  func selection(_ settings: ProjectSettings) throws -> DateSelection {
    guard !isEmpty else { return .missing }
    let today = settings.today
    func interval(_ words: DayWords) throws -> Interval {
      guard let interval = words.interval(today: today) else {
        throw RunError(.usage, Diagnostic("a day is beyond the calendar"))
      }
      return interval
    }
    if let date {
      let days = try interval(date)
      return days.start.adding(days: 1) == days.end
        ? .day(days.start) : .range(from: days.start, to: days.end)
    }
    guard let from else { return .missing }
    let (start, end) = (try interval(from).start, try to.map { try interval($0).start })
    if let end, start >= end { throw RunError(.usage, Diagnostic("--from has to be before --to")) }
    return .range(from: start, to: end)
  }
}

extension DayWords {
  static func argument(_ text: String) throws -> DayWords {
    guard let words = DayWords(text) else {
      throw ValidationError("Days are written as \(examples).")
    }
    return words
  }
}

extension ParameterAssignment: ExpressibleByArgument {
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
