import ArgumentParser
import Foundation
import ReportDefinitions
import ReportModel

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Begin a report: write its SQL, its metadata and a test to start from.",
    usage: "reportgen new [<options>] <name>",
    discussion: """
      EXAMPLES:
        reportgen new sales-by-city
      """)

  @Argument(help: "The new report's name: lower case, digits and hyphens.")
  var name: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try ProjectContext(global)
    let files: (sql: String, yaml: String, test: String)
    do {
      files = try DefinitionTemplate.files(name: name)
    } catch {
      throw end([error], .usage)
    }
    let known = context.loader.loadReports(context.project).value
    if known.contains(where: { $0.name == name }) {
      throw end(
        [
          Diagnostic(
            "report \"\(name)\" exists already", hint: "Choose another name, or edit the one there is.")
        ],
        .usage)
    }
    for (suffix, text) in [("sql", files.sql), ("yaml", files.yaml), ("test.yaml", files.test)] {
      let file = "reports/\(name).\(suffix)"
      try write(text, to: file, in: context.directory)
      Console.print(file)
    }
    Console.note("Edit them, then: reportgen lint && reportgen test \(name)")
  }

  private func write(_ text: String, to file: String, in directory: String) throws {
    let url = URL(filePath: directory).appending(path: file)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url, options: .withoutOverwriting)
    } catch {
      throw end([Diagnostic("could not write \"\(file)\": \(error.localizedDescription)")], .failed)
    }
  }
}
