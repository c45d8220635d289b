import ReportModel

/// Rules of the key `workbooks`: its reports exist and have tables, and no report has a workbook's name.
struct WorkbookRules {
  let project: Project
  /// Those without errors.
  let reports: [Report]
  /// Of all reports, also of those with errors.
  let names: Set<String>
  /// `reportgen.yaml`.
  let file: String

  var diagnostics: [Diagnostic] { project.workbooks.flatMap(diagnostics) }

  private func diagnostics(of workbook: Project.Workbook) -> [Diagnostic] {
    var found: [Diagnostic] = []
    if names.contains(workbook.name) {
      found.append(
        error(
          workbook, "workbook \"\(workbook.name)\" has the name of a report",
          hint: "Both have a folder of their name in the output folder; name it otherwise."))
    }
    for name in workbook.reports {
      guard names.contains(name) else {
        found.append(
          error(
            workbook, "workbook \"\(workbook.name)\" has a report that does not exist: \"\(name)\"",
            hint: Suggestion.hint(for: name, among: names.sorted())
              ?? "\"reportgen list\" prints the reports."))
        continue
      }
      guard let report = reports.first(where: { $0.name == name }), report.materialization.table == nil else {
        continue
      }
      found.append(
        error(
          workbook, "workbook \"\(workbook.name)\" has a report without a table: \"\(name)\"",
          hint: "A workbook is written from published rows; \"as: none\" publishes none."))
    }
    return found
  }

  private func error(_ workbook: Project.Workbook, _ message: String, hint: String) -> Diagnostic {
    Diagnostic(.error, message, hint: hint, file: file, place: project.places["workbooks.\(workbook.name)"])
  }
}
