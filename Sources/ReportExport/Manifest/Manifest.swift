import ReportModel

/// The contents of `manifest.json`: the files of a folder with their digests, and the origin and as-of of their rows.
///
/// Contains neither the time nor the host of writing, so that equal rows of one run give equal bytes. The keys have the order
/// of the properties.
package struct Manifest: Hashable, Sendable, Codable {
  /// Increased when readers of the older format would misinterpret the new one.
  static let currentFormat = 1

  /// The interval `[start, end)`.
  package struct Span: Hashable, Sendable, Codable {
    /// The name of the folder.
    package var name: String
    /// nil for a report without intervals.
    package var start: CalendarDate?
    /// The first day after the interval; nil for a report without intervals.
    package var end: CalendarDate?

    package init(name: String, start: CalendarDate?, end: CalendarDate?) {
      self.name = name
      self.start = start
      self.end = end
    }
  }

  /// A parameter and its value.
  package struct ParameterValue: Hashable, Sendable, Codable {
    /// A value as text.
    package enum Value: Hashable, Sendable {
      case null
      case scalar(String)
      case list([String])
    }

    /// As in the definition.
    package var name: String
    /// `text`, or `text[]` for a list.
    package var type: String
    /// The value that the run used.
    package var value: Value

    package init(name: String, type: String, value: Value) {
      self.name = name
      self.type = type
      self.value = value
    }

    /// Converts a value of a definition's parameter.
    package init(_ parameter: Parameter, value: Parameter.Value) {
      name = parameter.name
      type = parameter.type.rawValue + (parameter.isList ? "[]" : "")
      switch value {
      case .null: self.value = .null
      case .scalar(let text): self.value = .scalar(text)
      case .list(let items): self.value = .list(items)
      }
    }
  }

  /// The as-of: the rows contain everything that was committed before it.
  package struct AsOf: Hashable, Sendable, Codable {
    /// A WAL position: `0/5C0000A8`.
    package var position: String
    /// ISO 8601 with an offset.
    package var time: String
    /// The timeline of the position.
    package var timeline: Int
    /// The exported snapshot that the rows were read with: `00000003-0000001B-1`.
    package var snapshot: String?
    /// The replica that the rows were read from; nil for the primary.
    package var replica: String?
    /// What was read of other servers, for which the as-of does not hold; nil: nothing.
    package var unproven: [String]?

    package init(
      position: String, time: String, timeline: Int, snapshot: String?, replica: String?,
      unproven: [String]? = nil
    ) {
      self.unproven = unproven
      self.position = position
      self.time = time
      self.timeline = timeline
      self.snapshot = snapshot
      self.replica = replica
    }
  }

  /// A column of the rows.
  package struct ColumnType: Hashable, Sendable, Codable {
    /// As in SQL and CSV.
    package var name: String
    /// The result of `format_type`: `numeric(14,2)`.
    package var type: String
    /// From the report's definition.
    package var title: String?

    package init(name: String, type: String, title: String?) {
      self.name = name
      self.type = type
      self.title = title
    }
  }

  /// A file of the folder.
  package struct File: Hashable, Sendable, Codable {
    /// Without a path.
    package var name: String
    /// Its size.
    package var bytes: Int
    /// 64 lower-case hexadecimal digits.
    package var sha256: String
    /// The number of rows in the file; nil for a file without rows.
    package var rows: Int?

    package init(name: String, bytes: Int, sha256: String, rows: Int?) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
      self.rows = rows
    }
  }

  /// A report whose rows are in a workbook of several.
  package struct Source: Hashable, Sendable, Codable {
    /// The report's name.
    package var report: String
    /// The interval of the rows.
    package var interval: Span
    /// The run that published the rows; a UUID.
    package var run: String
    /// The number of the attempt in the ledger.
    package var attempt: Int
    /// The version of the definition.
    package var fingerprint: String
    /// When the rows were read.
    package var asOf: AsOf
    /// The number of published rows.
    package var rows: Int
    /// The names of the sheets that have them.
    package var sheets: [String]

    /// - Parameter manifest: of the report's own files.
    package init(_ manifest: Manifest, sheets: [String]) {
      report = manifest.report
      interval = manifest.interval
      run = manifest.run
      attempt = manifest.attempt
      fingerprint = manifest.fingerprint
      asOf = manifest.asOf
      rows = manifest.rows
      self.sheets = sheets
    }
  }

  /// The version of the format.
  package var format = Manifest.currentFormat
  /// The report's name.
  package var report: String
  /// The report's title.
  package var title: String
  /// The interval of the rows.
  package var interval: Span
  /// In the order of the definition.
  package var parameters: [ParameterValue]
  /// The query that ran, with literals in place of parameters.
  package var sql: String
  /// The version of the definition.
  package var fingerprint: String
  /// A UUID.
  package var run: String
  /// The number of the attempt in the ledger.
  package var attempt: Int
  /// When the rows were read.
  package var asOf: AsOf
  /// The number of published rows.
  package var rows: Int
  /// In the order of the rows' fields.
  package var columns: [ColumnType]
  /// ISO 8601 with an offset.
  package var publishedAt: String?
  /// The summary table; nil for `materialize: none`.
  package var table: QualifiedName?
  /// What a workbook of several reports is made of; nil in the manifest of a report.
  package var reports: [Source]?
  /// The files of the folder, without the manifest.
  package var files: [File]
  /// `reportgen 0.2.0`.
  package var generator: String

  package init(
    report: String, title: String, interval: Span, parameters: [ParameterValue], sql: String,
    fingerprint: String, run: String, attempt: Int, asOf: AsOf, rows: Int, columns: [ColumnType],
    publishedAt: String?, table: QualifiedName?, reports: [Source]? = nil, files: [File] = [],
    generator: String
  ) {
    self.report = report
    self.title = title
    self.interval = interval
    self.parameters = parameters
    self.sql = sql
    self.fingerprint = fingerprint
    self.run = run
    self.attempt = attempt
    self.asOf = asOf
    self.rows = rows
    self.columns = columns
    self.publishedAt = publishedAt
    self.table = table
    self.reports = reports
    self.files = files
    self.generator = generator
  }
}
