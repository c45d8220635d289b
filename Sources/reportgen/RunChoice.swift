import ArgumentParser
import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

/// Of which reports and days, and how much of them: the words that `run` and `plan` share.
struct RunChoice: ParsableArguments {
  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup(title: "Which days") var days: DateOptions

  @Flag(help: "Run everything since the report's start again.")
  var fullRefresh = false

  @Flag(help: "Run also the published intervals of an older definition that meant something else.")
  var restate = false

  @Flag(help: "Of these reports, or of all, take those that the last run failed or skipped.")
  var failed = false

  @Flag(help: "Run every missing interval, not only max_catch_up of them.")
  var backfill = false

  @Option(
    help: ArgumentHelp(
      "Set a parameter: files go to a folder of their own, nothing is published.", valueName: "name=value"))
  var param: [ParameterAssignment] = []

  func validate() throws {
    let ways = [days.selection != .missing, fullRefresh, restate]
    if ways.filter(\.self).count > 1 {
      throw ValidationError("Use one of --date, --from, --full-refresh and --restate.")
    }
  }

  /// - Throws: `ExitCode` 64 after the diagnostics were printed.
  func options(_ selected: [Report]) throws -> RunOptions {
    RunOptions(
      dates: fullRefresh ? .fullRefresh : restate ? .restate : days.selection, backfill: backfill,
      parameters: try parameters(selected))
  }

  /// A value equal to the default is the default: it publishes as usual.
  private func parameters(_ selected: [Report]) throws -> [String: Parameter.Value] {
    var values: [String: Parameter.Value] = [:]
    for assignment in param {
      guard selected.count == 1, let report = selected.first else {
        throw end(
          [Diagnostic("--param goes with one report, not with \(selected.count)")], .usage)
      }
      guard let parameter = report.parameters.first(where: { $0.name == assignment.name }) else {
        let known = report.parameters.map(\.name).joined(separator: ", ")
        throw end(
          [
            Diagnostic(
              "report \"\(report.name)\" has no parameter \"\(assignment.name)\"",
              hint: known.isEmpty ? "It has none at all." : "It has: \(known).", file: report.metadataFile)
          ], .usage)
      }
      guard param.filter({ $0.name == assignment.name }).count == 1 else {
        throw end([Diagnostic("parameter \"\(assignment.name)\" is set twice")], .usage)
      }
      switch parseParameter(assignment.value, for: parameter) {
      case .success(let value): if value != parameter.defaultValue { values[parameter.name] = value }
      case .failure(let diagnostic): throw end([diagnostic], .usage)
      }
    }
    try requireValues(selected, values)
    return values
  }

  /// Without a default the caller has to say the value: NULL would be a guess.
  private func requireValues(_ selected: [Report], _ values: [String: Parameter.Value]) throws {
    let missing = selected.flatMap { report in
      report.parameters.filter { $0.defaultValue == nil && values[$0.name] == nil }.map { parameter in
        Diagnostic(
          "parameter \"\(parameter.name)\" of \"\(report.name)\" has no value",
          hint: "Give it one with --param \(parameter.name)=…, or a default in \(report.metadataFile).")
      }
    }
    if !missing.isEmpty { throw end(missing, .usage) }
  }
}
