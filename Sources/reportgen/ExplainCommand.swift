import ArgumentParser
import Foundation
import ReportInspection
import ReportModel

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Print what an exit code or a state means and what to do about it: the runbook's sections.",
    usage: "reportgen explain [<options>] [<topic>]",
    discussion: """
      EXAMPLES:
        reportgen explain                       every exit code and section
        reportgen explain 75                    an exit code, and the sections it leads to
        reportgen explain replica behind        one section
      """)

  @Argument(help: "An exit code, or the words of a section's heading.")
  var topic: [String] = []

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let runbook = Runbook(
      exitCodes: String(decoding: PackageResources.exit_codes_md, as: UTF8.self),
      runbook: String(decoding: PackageResources.runbook_md, as: UTF8.self))
    let words = topic.joined(separator: " ")
    if words.isEmpty { return Console.print(runbook.overview) }
    guard let text = runbook.text(of: words) else {
      throw RunError(
        .usage,
        Diagnostic(
          "the runbook has no \"\(words)\"",
          hint: Suggestion.hint(for: words, among: runbook.topics)
            ?? "\"reportgen explain\" lists what it has."))
    }
    Console.print(text)
  }
}
