import ArgumentParser
import Glibc
import LocalFiles
import ReportDefinitions
import ReportModel
import ReportSettings

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Create a report: write its SQL, its metadata and a test to start from.",
    usage: "reportgen new [<options>] <name>",
    discussion: """
      EXAMPLES:
        reportgen new sales-by-city
      """)

  @Argument(help: "The new report's name: lower case, digits and hyphens.")
  var name: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let settings = try ProjectContext(global).settings
    let files = try RunError.wrapping(.usage) { try DefinitionTemplate.files(name: name) }
    let known = settings.loader.loadReports(settings.project).value
    if known.contains(where: { $0.name == name }) {
      throw RunError(
        .usage,
        Diagnostic(
          "report \"\(name)\" exists already", hint: "Choose another name, or edit the one there is."))
    }
    let set = FileSet(
      [("sql", files.sql), ("yaml", files.yaml), ("test.yaml", files.test)].map { suffix, text in
        (path: "reports/\(name).\(suffix)", text: text)
      })
    do throws(SystemError) {
      try finishing { () throws(SystemError) in try set.create(in: settings.directory.value) }
    } catch {
      let hint = error.code == EEXIST ? "Choose another name, or move the file away." : nil
      throw RunError(.failed, error.diagnostic(detail: "No file was written.", hint: hint))
    }
    for file in set.files { Console.print(file.path) }
    Console.note("Edit them, then: reportgen lint && reportgen test \(name)")
  }
}
