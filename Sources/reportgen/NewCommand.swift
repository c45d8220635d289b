import ArgumentParser
import Glibc
import LocalFiles
import ReportDefinitions
import ReportLedger
import ReportModel
import ReportSettings

struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Create a report: write its SQL and its metadata to start from.",
    usage: "reportgen new [<options>] <name>",
    discussion: """
      With --from, --query or --matview the replica is asked for columns, types, keys and \
      constraints, and nothing is changed on it. All files are written, or none.

      EXAMPLES:
        reportgen new orders --from shop.orders      its rows, by day if it has a date
        reportgen new revenue --query revenue.sql    a SELECT that you have
        reportgen new top --matview shop.top         what a materialized view computes
        reportgen new cities                         an example, with a test; no server
      """)

  @Argument(help: "The new report's name: lower case, digits and hyphens.")
  var name: String

  @Option(help: ArgumentHelp("Read this table or view, row for row.", valueName: "schema.table"))
  var from: String?

  @Option(
    help: ArgumentHelp("Take the SELECT in this file, or from standard input for -.", valueName: "file"))
  var query: String?

  @Option(
    help: ArgumentHelp(
      "Take the query, indexes and grants of this materialized view.", valueName: "schema.view"))
  var matview: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if [from, query, matview].compactMap(\.self).count > 1 {
      throw ValidationError("Use one of --from, --query and --matview.")
    }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let settings = context.settings
    let template = try RunError.wrapping(.usage) { try DefinitionTemplate.files(name: name) }
    let known = settings.loader.loadReports(settings.project).value
    if known.contains(where: { $0.name == name }) {
      throw RunError(
        .usage,
        Diagnostic(
          "report \"\(name)\" exists already", hint: "Choose another name, or edit the one there is."))
    }
    guard let source = try source(settings) else {
      try write(
        [("sql", template.sql), ("yaml", template.yaml), ("test.yaml", template.test)].map { suffix, text in
          (path: "reports/\(name).\(suffix)", text: text)
        }, settings)
      Console.note("Edit them, then: reportgen lint && reportgen test \(name)")
      return
    }
    let new = NewReport(settings, try settings.environment().environment)
    let files = try await withInterruption { try await new.files(name: name, source) }
    try write(files.value, settings)
    Console.report(files.diagnostics)
    Console.note("Look at them, then: reportgen run \(name) --dry-run")
  }

  private func source(_ settings: ProjectSettings) throws -> NewReport.Source? {
    if let from { return .relation(from) }
    if let matview { return .materializedView(matview) }
    guard let query else { return nil }
    let text = try RunError.wrapping(.usage) { () throws(SystemError) in
      query == "-"
        ? try LocalFile.standardInput() : try LocalFile.text(settings.absolute(query), shown: query)
    }
    return .query(sql: text, file: query == "-" ? "standard input" : query)
  }

  private func write(_ files: [(path: String, text: String)], _ settings: ProjectSettings) throws {
    let set = FileSet(files)
    do throws(SystemError) {
      try finishing { () throws(SystemError) in try set.create(in: settings.directory.value) }
    } catch {
      let hint = error.code == EEXIST ? "Choose another name, or move the file away." : nil
      throw RunError(.failed, error.diagnostic(detail: "No file was written.", hint: hint))
    }
    for file in set.files { Console.print(file.path) }
  }
}
