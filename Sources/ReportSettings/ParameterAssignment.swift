import ReportDefinitions
import ReportModel

/// One `--param name=value`.
package struct ParameterAssignment: Hashable, Sendable {
  /// Of the parameter; whether the report has it is not known yet.
  package var name: String
  /// As written; the parameter's type decides what it means.
  package var value: String

  /// - Returns: nil for a text without `=` or without a name.
  package init?(_ text: String) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
    name = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }
}

extension [ParameterAssignment] {
  /// The values for a run, by name. A value equal to the default is left out, so that the run publishes.
  ///
  /// - Throws: Status 64 for an assignment that fits no parameter of the one selected report, and for a parameter of any
  ///   selected report that gets no value.
  package func values(for selected: [Report]) throws(RunError) -> [String: Parameter.Value] {
    var values: [String: Parameter.Value] = [:]
    for assignment in self {
      guard selected.count == 1, let report = selected.first else {
        throw RunError(
          .usage, Diagnostic("--param goes with one report, not with \(selected.count)"))
      }
      let parameter = try Self.parameter(assignment.name, of: report)
      guard filter({ $0.name == assignment.name }).count == 1 else {
        throw RunError(.usage, Diagnostic("parameter \"\(assignment.name)\" is set twice"))
      }
      switch parseParameter(assignment.value, for: parameter) {
      case .success(let value):
        if value != parameter.defaultValue { values[parameter.name] = value }
      case .failure(let diagnostic): throw RunError(.usage, diagnostic)
      }
    }
    try Self.requireValues(selected, values)
    return values
  }

  private static func parameter(_ name: String, of report: Report) throws(RunError) -> Parameter {
    if let parameter = report.parameters.first(where: { $0.name == name }) { return parameter }
    let known = report.parameters.map(\.name).joined(separator: ", ")
    throw RunError(
      .usage,
      Diagnostic(
        "report \"\(report.name)\" has no parameter \"\(name)\"",
        hint: known.isEmpty ? "It has none at all." : "It has: \(known).", file: report.metadataFile
      ))
  }

  /// A parameter without a default needs a value from the caller: NULL would be a guess.
  private static func requireValues(
    _ selected: [Report], _ values: [String: Parameter.Value]
  ) throws(RunError) {
    let missing = selected.flatMap { report in
      report.parameters.filter { $0.defaultValue == nil && values[$0.name] == nil }.map {
        parameter in
        Diagnostic(
          "parameter \"\(parameter.name)\" of \"\(report.name)\" has no value",
          hint:
            "Give it one with --param \(parameter.name)=…, or a default in \(report.metadataFile).")
      }
    }
    if !missing.isEmpty { throw RunError(.usage, missing) }
  }
}
