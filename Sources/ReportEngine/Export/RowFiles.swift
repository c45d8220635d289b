import ReportExport
import ReportLedger
import ReportModel

/// The files that hold every row of an interval, written in one pass of the rows: CSV and workbook.
struct RowFiles: Sendable {
  let csv: CSVFileSink?
  let workbook: WorkbookFileSink?
  /// nil: no CSV file is written.
  let csvName: String?
  let language: Language

  /// Creates the files that the report's definition asks for.
  ///
  /// - Parameters:
  ///   - source: the format of the rows.
  ///   - language: of the workbook.
  static func make(
    of report: Report, columns: [ColumnShape], source: CSVSource, timezone: String, language: Language,
    in writer: FolderWriter
  ) async throws -> RowFiles {
    let csvName = report.export.csv == nil ? nil : "\(report.name).csv"
    var csv: CSVFileSink?
    if let settings = report.export.csv, let csvName {
      csv = try CSVFileSink(
        file: writer.makeFile(csvName), settings: settings, columns: columns.map(\.inFile), source: source)
    }
    guard report.export.xlsx != nil else {
      return RowFiles(csv: csv, workbook: nil, csvName: csvName, language: language)
    }
    let report = report.translated(by: language.texts)
    let workbook = WorkbookFileSink(
      file: try writer.makeFile("\(report.name).xlsx"), timezone: timezone, words: WorkbookWords(language))
    await workbook.begin(
      report.title, reportName: report.name, columns: columns.map { $0.inSheet(of: report) }, source: source)
    return RowFiles(csv: csv, workbook: workbook, csvName: csvName, language: language)
  }

  var sinks: [any CopySink] { [csv as (any CopySink)?, workbook].compactMap(\.self) }

  /// In the order of the manifest; the workbook's is there after `complete`.
  var results: [Manifest.File] {
    get async { [await csv?.result, await workbook?.result].compactMap(\.self) }
  }

  /// Writes what a workbook has besides the rows.
  ///
  /// - Returns: warnings about what Excel cannot show.
  func complete(
    _ job: ReportExporter.Job, _ manifest: Manifest, sums: Sums?, generator: String, shownIn folder: String
  ) async throws -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    if let csv, let csvName {
      for note in await csv.excelNotes {
        warnings.append(
          Diagnostic(
            .warning, "\"\(folder)/\(csvName)\" is more than Excel can open", detail: note,
            hint: "\"export.xlsx\" writes a workbook that goes on with a second sheet.",
            file: job.report.metadataFile))
      }
    }
    if let workbook {
      let result = try await workbook.end(sums?.below(manifest.columns.map(\.name)) ?? .none)
      let notes = try await workbook.complete(
        [(WorkbookReport(job, manifest, language), result)], title: job.report.title, generator: generator)
      warnings += notes.map {
        Diagnostic(
          .warning, "\"\(folder)/\(job.report.name).xlsx\" does not hold everything in one sheet", detail: $0,
          file: job.report.metadataFile)
      }
    }
    return warnings
  }
}

/// The files of an interval, written from the stream that feeds the staging table.
///
/// A disk that cannot take a file stops only the files: the rows are worth publishing without them. They are owed then, and
/// the export says why.
actor StreamedFiles: StreamedFile {
  nonisolated let writer: FolderWriter
  nonisolated let files: RowFiles
  private var isGivenUp = false
  /// Whether the files have every row.
  private(set) var isWhole = false

  init(writer: FolderWriter, files: RowFiles) {
    self.writer = writer
    self.files = files
  }

  func write(_ chunk: [UInt8]) async throws {
    await attempt { for sink in files.sinks { try await sink.write(chunk) } }
  }

  func finish() async throws {
    await attempt {
      for sink in files.sinks { try await sink.finish() }
      isWhole = true
    }
  }

  func fail(_ reason: String) async { for sink in files.sinks { await sink.fail(reason) } }

  private func attempt(_ step: () async throws -> Void) async {
    guard !isGivenUp else { return }
    do {
      try await step()
    } catch {
      isGivenUp = true
      await discard()
    }
  }

  /// Removes the files, finished or not, and the folder if nothing else is in it.
  func discard() async {
    isWhole = false
    await fail("the attempt was not published")
    try? writer.discard()
  }
}

extension ColumnShape {
  /// As a CSV file has it.
  var inFile: CSVEncoder.Column {
    CSVEncoder.Column(name: name, kind: isNumeric ? .number : category == "D" ? .other : .text)
  }

  /// As a workbook has it.
  func inSheet(of report: Report) -> SheetColumn {
    let declared = report.column(name)
    return SheetColumn(
      name: name, type: type, category: category, title: declared?.title, description: declared?.description,
      format: declared?.format)
  }
}

extension ReportExporter.Job {
  /// The parameters of the rows, with the values that the query had.
  var namedParameters: [NamedValue] {
    report.parameters.map { parameter in
      let value: String? =
        switch values[parameter.name] ?? parameter.defaultValue ?? .null {
        case .null: nil
        case .scalar(let text): text
        case .list(let items): items.joined(separator: ", ")
        }
      return NamedValue(parameter.name, value)
    }
  }
}

extension WorkbookReport {
  init(_ job: ReportExporter.Job, _ manifest: Manifest, _ language: Language) {
    let (report, facts) = (job.report.translated(by: language.texts), job.facts)
    self.init(
      title: report.title, description: report.description, owner: report.owner, reportName: report.name,
      intervalName: manifest.interval.name, interval: facts.interval,
      asOf: PageAsOf(
        time: facts.asOf, position: facts.position, timeline: facts.timeline, replica: facts.replica,
        unproven: facts.unproven ?? []),
      parameters: job.namedParameters, sql: manifest.sql, fingerprint: manifest.fingerprint,
      run: manifest.run, publishedAt: facts.publishedAt.isEmpty ? nil : facts.publishedAt)
  }
}
