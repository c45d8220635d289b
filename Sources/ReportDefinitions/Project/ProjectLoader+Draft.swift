import ReportModel

extension ProjectLoader {
  /// The name of the metadata file of a report in the project's folder `reports`.
  package static func metadataFile(_ name: String) -> String { "reports/\(name).yaml" }
  package static func sqlFile(_ name: String) -> String { "reports/\(name).sql" }

  /// What the two files of a draft would be read as; nothing is written.
  ///
  /// - Parameter searchPath: of the environment in which it is to run.
  /// - Returns: nil with the errors of a draft that no report could be made of.
  package func read(_ draft: ReportDraft, _ project: Project, searchPath: [String]) -> Loaded<Report?> {
    let files = DefinitionFiles(
      name: draft.name, sqlFile: Self.sqlFile(draft.name), metadataFile: Self.metadataFile(draft.name))
    let texts = [files.sqlFile: draft.sql, files.metadataFile: draft.yaml]
    let read: ReadReport
    do throws(Diagnostic) {
      read = try DeepStack.map([files]) { files in
        ReportReader(
          files: files, source: { .success(SourceFile(path: $0, text: texts[$0] ?? "")) }, types: TypeCache(),
          expectWithinSeconds: project.expectWithinSeconds, timezone: project.timezone, searchPath: searchPath
        ).read()
      }[0]
    } catch {
      return Loaded(value: nil, diagnostics: [error])
    }
    return Loaded(value: read.report, diagnostics: read.diagnostics)
  }
}
