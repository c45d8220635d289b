import Foundation
import PostgresClient
import ReportExport
import ReportLedger
import ReportModel

/// Writes the files of one published interval: CSV, workbook, page, then the manifest that names them.
struct ReportExporter: Sendable {
  let root: ExportRoot
  let timezone: String

  /// What is exported and where its rows are read.
  struct Job: Sendable {
    var report: Report
    var facts: PublishedInterval
    var relation: QualifiedName
    var values: [String: Parameter.Value]
    /// Nil: the interval's own name.
    var folderName: String?
    /// Not those of other parameters, of which the ledger knows no published rows.
    var isOfPublishedRows: Bool { folderName == nil }
    /// Of the relation, where the run has just published them; nil: asked of the server.
    var columns: [ColumnShape]?
  }

  func folder(_ job: Job) throws -> ExportFolder {
    try ExportFolder(
      output: root.path, shownAs: root.shown, report: job.report.name,
      interval: job.folderName ?? job.facts.folderName(job.report))
  }

  /// - Parameters:
  ///   - source: a session without a transaction; the rows are read in one snapshot of it.
  ///   - streamed: the files that the run has written already.
  /// - Returns: the files, with the output folder in front, and warnings.
  func export(_ job: Job, from source: Connection, streamed: StreamedFiles?) async throws -> (
    [String], [Diagnostic]
  ) {
    _ = try await source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    do {
      let result = try await write(job, from: source, streamed: streamed)
      // The files are complete: a session that is lost now changes nothing.
      _ = try? await source.execute("COMMIT")
      return result
    } catch {
      await source.rollback()
      throw error
    }
  }

  private func write(_ job: Job, from source: Connection, streamed: StreamedFiles?) async throws
    -> ([String], [Diagnostic])
  {
    try await requireSameRows(job, on: source)
    let columns = try await columns(job, from: source)
    let queries = ExportQueries(
      report: job.report, relation: job.relation, interval: job.facts.interval, timezone: timezone,
      columns: columns)
    let folder = try folder(job)
    let writer = try streamed?.writer ?? folder.begin(writer: root.writer)
    do {
      let rowFiles = try await rowFiles(job, queries, writer, source, streamed)
      let sums = try await Sums.read(job.report, queries, on: source)
      var manifest = manifest(job, columns: columns)
      var warnings = try await rowFiles.complete(
        job, manifest, sums: sums, generator: root.generator, shownIn: folder.shown)
      manifest.files = await rowFiles.results
      if let file = try await page(
        job, queries, writer, source, sums, downloads: downloads(manifest.files, writer))
      {
        manifest.files.append(file)
      }
      try await ReplacedTables(connection: source).requireNone()
      warnings += try writer.publish(manifest, movesLatest: job.isOfPublishedRows)
      return (
        (manifest.files.map(\.name) + ["manifest.json"]).map { "\(folder.shown)/\($0)" }, warnings
      )
    } catch {
      try? writer.discard()
      throw error
    }
  }

  /// The snapshot has to hold the very attempt that the manifest will name: another replica may lag, another run may
  /// have published since.
  func requireSameRows(_ job: Job, on source: Connection) async throws {
    guard let table = job.report.materialization.table, job.relation == table else { return }
    let facts = job.facts
    let ledger = Ledger(connection: source)
    guard try await !ledger.shows(facts, isWhole: job.report.showsWholeRelation) else { return }
    throw RunError(
      .tryAgain,
      Diagnostic(
        "the rows of \"\(job.report.name)\" for \(facts.folderName(job.report)) are not those of the ledger on this server",
        detail: "Another run has published them meanwhile, or this replica lags. Its files are owed.",
        hint: "The next run writes them.", file: job.report.metadataFile), isTransient: true)
  }

  func columns(_ job: Job, from source: Connection) async throws -> [ColumnShape] {
    if let columns = job.columns { return columns }
    guard let shape = try await TableShape.read(job.relation, on: source) else {
      throw Diagnostic(
        "\(job.relation) does not exist: its rows cannot be exported",
        hint: "Run \"reportgen run \(job.report.name) --full-refresh\" to build it again.")
    }
    return shape.columns
  }

  /// Writes the files that hold every row, in one pass of the rows.
  private func rowFiles(
    _ job: Job, _ queries: ExportQueries, _ writer: FolderWriter, _ source: Connection,
    _ streamed: StreamedFiles?
  ) async throws -> RowFiles {
    if let streamed { return streamed.files }
    let format = StreamFormat(queries.columns, feedsFile: true)
    let files = try await RowFiles.make(
      of: job.report, columns: queries.columns, source: format.csvSource, timezone: timezone,
      language: root.languages.language(of: job.report), in: writer)
    if !files.sinks.isEmpty {
      _ = try await pump(try await source.copyOut(queries.copyOut(format.format)), into: files.sinks)
    }
    return files
  }

  /// What the page offers: each file of the interval written so far, inside of the page where it is small.
  private func downloads(_ files: [Manifest.File], _ writer: FolderWriter) throws -> [PageDownload] {
    try files.map { file in
      var download = PageDownload(file: file.name)
      if file.bytes <= PageDownload.maxBytes {
        download.contents = try writer.contents(of: file.name, limitBytes: PageDownload.maxBytes)
      }
      return download
    }
  }

  private func page(
    _ job: Job, _ queries: ExportQueries, _ writer: FolderWriter, _ source: Connection, _ sums: Sums?,
    downloads: [PageDownload]
  ) async throws -> Manifest.File? {
    guard let settings = job.report.export.html else { return nil }
    let content = try await PageReader(root: root, source: source).content(
      job, queries, settings, sums: sums, downloads: downloads)
    let rows = try await source.copyOut(
      "COPY (\(queries.pageRows(settings, isShortened: content.hasSizes))) TO STDOUT")
    let file = try writer.makeFile("\(job.report.name).html")
    do {
      _ = try await writePage(content, rows: rows, limit: settings.rows, into: file)
      while try await rows.next() != nil {}
      return try file.finish(rows: min(content.totalRows, settings.rows))
    } catch {
      file.discard()
      throw error
    }
  }

  func manifest(_ job: Job, columns: [ColumnShape]) -> Manifest {
    let facts = job.facts
    let bounds = facts.interval
    let literals = ReportQuery.literals(
      report: job.report, bounds: bounds, values: job.values, timezone: timezone)
    return Manifest(
      report: job.report.name, title: job.report.title,
      interval: .init(name: facts.folderName(job.report), start: bounds?.start, end: bounds?.end),
      parameters: job.report.parameters.map {
        .init($0, value: job.values[$0.name] ?? $0.defaultValue ?? .null)
      },
      sql: facts.fingerprint == job.report.fingerprint ? job.report.query.filled(literals).sql : facts.sql,
      fingerprint: facts.fingerprint, run: facts.runID.uuidString.lowercased(), attempt: facts.attempt,
      asOf: .init(
        position: facts.position, time: facts.asOf, timeline: facts.timeline, snapshot: facts.snapshot,
        replica: facts.replica, unproven: facts.unproven),
      rows: facts.rowCount,
      columns: columns.map { .init(name: $0.name, type: $0.type, title: job.report.column($0.name)?.title) },
      publishedAt: facts.publishedAt, table: job.report.materialization.table,
      generator: root.generator)
  }
}
