import PostgresClient
import ReportExport
import ReportLedger
import ReportModel

/// Writes a workbook of several reports: for each its newest published interval, all read in one snapshot.
struct WorkbookExporter: Sendable {
  /// How many of its newest folders are kept.
  static let kept = 31

  let exporter: ReportExporter

  /// What a workbook shows.
  struct Content: Sendable {
    var workbook: Project.Workbook
    /// In the order of the sheets.
    var jobs: [ReportExporter.Job]
    /// Reports of which nothing is published yet.
    var missing: [Report]

    /// The day of the newest as-of; nil when nothing is published.
    var folderName: String? { jobs.map { String($0.facts.asOf.prefix(10)) }.max() }

    /// - Parameters:
    ///   - reports: of the project.
    ///   - published: by the reports' names, newest interval first.
    init(_ workbook: Project.Workbook, _ reports: [Report], _ published: [String: [PublishedInterval]]) {
      self.workbook = workbook
      (jobs, missing) = ([], [])
      for report in workbook.reports.compactMap({ name in reports.first { $0.name == name } }) {
        let facts = report.exported(of: published[report.name] ?? []).first { $0.attemptState == .confirmed }
        if let facts, let relation = report.materialization.table {
          jobs.append(.init(report: report, facts: facts, relation: relation, values: [:]))
        } else {
          missing.append(report)
        }
      }
    }
  }

  private func folder(_ content: Content) throws -> ExportFolder? {
    let root = exporter.root
    return try content.folderName.map {
      try ExportFolder(output: root.path, shownAs: root.shown, report: content.workbook.name, interval: $0)
    }
  }

  /// Whether the file is not there, or shows other rows than those that are published.
  func isOwed(_ content: Content) -> Bool {
    guard let folder = try? folder(content) else { return false }
    guard let manifest = try? folder.manifest(), (try? folder.state(expectedRun: manifest.run)) == .complete
    else { return true }
    let shown = manifest.reports?.map { [$0.report, $0.interval.name, $0.run, String($0.attempt)] }
    return shown
      != content.jobs.map { job in
        let facts = job.facts
        return [
          job.report.name, facts.folderName(job.report), facts.runID.uuidString.lowercased(),
          String(facts.attempt),
        ]
      }
  }

  /// The caller holds the workbook's lock.
  ///
  /// - Parameters:
  ///   - source: a session without a transaction.
  ///   - run: that writes the file.
  /// - Returns: the files, with the output folder in front, and warnings.
  func export(_ content: Content, run: String, from source: Connection) async throws -> (
    [String], [Diagnostic]
  ) {
    guard let folder = try folder(content) else { return ([], []) }
    _ = try await source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    do {
      let result = try await write(content, run: run, into: folder, from: source)
      _ = try? await source.execute("COMMIT")
      return result
    } catch {
      await source.rollback()
      throw error
    }
  }

  private func write(
    _ content: Content, run: String, into folder: ExportFolder, from source: Connection
  ) async throws -> ([String], [Diagnostic]) {
    let (name, root) = (content.workbook.name, exporter.root)
    let writer = try folder.begin(writer: root.writer)
    do {
      let language = root.languages.standard
      let sink = WorkbookFileSink(
        file: try writer.makeFile("\(name).xlsx"), timezone: exporter.timezone, words: WorkbookWords(language)
      )
      var sheets: [(manifest: Manifest, report: WorkbookReport, result: SheetResult)] = []
      for job in content.jobs {
        try Task.checkCancellation()
        sheets.append(try await add(job, to: sink, from: source))
      }
      try await ReplacedTables(connection: source).requireNone()
      let notes = try await sink.complete(
        sheets.map { ($0.report, $0.result) }, missing: content.missing.map { language.texts[$0.title] },
        title: name,
        generator: root.generator)
      guard let file = await sink.result,
        let oldest = sheets.map(\.manifest.asOf).min(by: { $0.time < $1.time })
      else { throw Diagnostic("the workbook \"\(name)\" has no sheets") }
      let manifest = Manifest(
        report: name, title: name, interval: .init(name: folder.interval, start: nil, end: nil),
        parameters: [],
        sql: "", fingerprint: "", run: run, attempt: 1, asOf: oldest, rows: file.rows ?? 0, columns: [],
        publishedAt: nil, table: nil,
        reports: sheets.map { Manifest.Source($0.manifest, sheets: $0.result.sheets.map(\.name)) },
        files: [file], generator: root.generator)
      let warnings = try writer.publish(manifest)
      return (
        [file.name, "manifest.json"].map { "\(folder.shown)/\($0)" },
        warnings
          + notes.map {
            Diagnostic(
              .warning, "\"\(folder.shown)/\(file.name)\" does not hold everything in one sheet", detail: $0)
          }
      )
    } catch {
      try? writer.discard()
      throw error
    }
  }

  private func add(
    _ job: ReportExporter.Job, to sink: WorkbookFileSink, from source: Connection
  ) async throws -> (Manifest, WorkbookReport, SheetResult) {
    try await exporter.requireSameRows(job, on: source)
    let columns = try await exporter.columns(job, from: source)
    let queries = ExportQueries(
      report: job.report, relation: job.relation, interval: job.facts.interval, timezone: exporter.timezone,
      columns: columns)
    let language = exporter.root.languages.standard
    let report = job.report.translated(by: language.texts)
    let format = StreamFormat(columns, feedsFile: true)
    await sink.begin(
      report.title, reportName: report.name, columns: columns.map { $0.inSheet(of: report) },
      source: format.csvSource)
    _ = try await pump(try await source.copyOut(queries.copyOut(format.format)), into: [sink])
    let sums = try await Sums.forSheet(job.report, queries, on: source)
    let result = try await sink.end(sums?.below(columns.map(\.name)) ?? .none)
    let manifest = exporter.manifest(job, columns: columns)
    return (manifest, WorkbookReport(job, manifest, language), result)
  }

  /// Removes the oldest folders, of which reportgen wrote every file.
  func removeOldFolders(of workbook: Project.Workbook) throws {
    let root = exporter.root
    guard let folder = try ReportFolder(output: root.path, shownAs: root.shown, report: workbook.name) else {
      return
    }
    for name in try folder.names().dropFirst(Self.kept) where name != folder.latest {
      if try folder.entry(name) != nil { _ = try folder.remove(name) }
    }
  }
}
