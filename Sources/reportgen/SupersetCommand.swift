import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import SupersetAssets

struct SupersetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "superset",
    abstract: "Create Superset's datasets, charts and dashboards from the definitions.",
    discussion: """
      EXAMPLES:
        reportgen superset bundle     files to import
        reportgen superset sync       a running Superset, through its API
      """,
    subcommands: [Bundle.self, Sync.self])

  func run() throws { try CommandArguments.refuseMissingCommand(Self.self) }

  struct Bundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bundle",
      abstract: "Write the assets in Superset's export format, as a folder and as a ZIP.",
      usage: "reportgen superset bundle [<options>]",
      discussion: """
        EXAMPLES:
          reportgen superset bundle                      out/superset-assets and out/superset-assets.zip
          reportgen superset bundle --output /tmp/assets
        """)

    @Option(
      help: ArgumentHelp(
        "Write this folder, and the ZIP next to it. (default: superset-assets in the output folder)",
        valueName: "path"))
    var output: String?

    @OptionGroup var global: GlobalOptions

    private struct Document: Encodable {
      var folder: String
      var zip: String
      var assets: [String: Int]
    }

    func run() async throws {
      let settings = try ProjectContext(global).settings
      let bundle = try settings.supersetAssets(try SupersetAccess(settings))
      Console.report(bundle.diagnostics)
      let folder = BundleFolder(
        path: output.map(settings.absolute) ?? settings.output.path + "/superset-assets")
      try finishing {
        try RunError.wrapping(.failed) { try folder.replace(with: bundle.value) }
      }
      try show(bundle.value, folder, shown: output ?? settings.output.shown + "/superset-assets")
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
      Console.print([words, "folder  \(shown)", "ZIP     \(shown).zip"].visibleLines)
    }
  }
}
