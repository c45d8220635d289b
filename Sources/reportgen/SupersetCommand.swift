import ArgumentParser
import Foundation
import ReportEngine
import ReportExport
import ReportInspection
import ReportLedger
import ReportModel
import SupersetAssets

struct SupersetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "superset",
    abstract: "Make Superset's datasets, charts and dashboards from the definitions.",
    subcommands: [Bundle.self, Sync.self])

  struct Bundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the assets in Superset's export format, as a folder and as a ZIP.",
      usage: "reportgen superset bundle [<options>]",
      discussion: """
        EXAMPLES:
          reportgen superset bundle                      out/superset-assets and out/superset-assets.zip
          reportgen superset bundle --output /tmp/assets
        """)

    @Option(
      help: ArgumentHelp(
        "The folder to write; the ZIP lies beside it. (default: superset-assets in the output folder)",
        valueName: "path"))
    var output: String?

    @OptionGroup var global: GlobalOptions

    private struct Document: Encodable {
      var folder: String
      var zip: String
      var assets: [String: Int]
    }

    func run() async throws {
      let context = try ProjectContext(global)
      let bundle = try SupersetContext(context).bundle()
      let folder = output.map { path in
        URL(filePath: path, relativeTo: URL(filePath: FileManager.default.currentDirectoryPath + "/"))
          .standardizedFileURL.path
      }
      do {
        let written = BundleFolder(path: folder ?? context.output.path + "/superset-assets")
        try written.replace(with: bundle)
        try show(bundle, written, shown: output ?? context.output.shown + "/superset-assets")
      } catch let diagnostic as Diagnostic {
        throw end([diagnostic], .failed)
      }
    }

    private func show(_ bundle: AssetBundle, _ written: BundleFolder, shown: String) throws {
      let counts = AssetName.Kind.allCases.map { kind in
        (kind, bundle.assets.filter { $0.name.kind == kind }.count)
      }
      guard global.format == .text else {
        let document = Document(
          folder: written.path, zip: written.path + ".zip",
          assets: Dictionary(uniqueKeysWithValues: counts.map { ($0.0.rawValue, $0.1) }))
        return try Console.printJSON(document)
      }
      guard !global.quiet else { return }
      let words = counts.map { counted($0.1, $0.0.rawValue) }.joined(separator: ", ")
      Console.print("\(words)\nfolder  \(shown)\nZIP     \(shown).zip")
    }
  }
}
