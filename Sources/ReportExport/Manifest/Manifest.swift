import ReportModel

/// What `manifest.json` says of the files beside it: which rows they hold, as of which moment, and how to check them.
///
/// Says nothing of when or where it was written: equal rows of one run give equal bytes. Keys keep the order of the
/// properties here.
package struct Manifest: Hashable, Sendable, Codable {
  /// Raised when a reader of the older format would misunderstand the new one.
  package static let currentFormat = 1

  /// The bounds are nil for a report without intervals.
  package struct Span: Hashable, Sendable, Codable {
    package var name: String
    package var start: CalendarDate?
    package var end: CalendarDate?

    package init(name: String, start: CalendarDate?, end: CalendarDate?) {
      self.name = name
      self.start = start
      self.end = end
    }
  }

  package struct ParameterValue: Hashable, Sendable, Codable {
    package enum Value: Hashable, Sendable {
      case null
      case scalar(String)
      case list([String])
    }

    package var name: String
    /// `text`, or `text[]` for a list.
    package var type: String
    package var value: Value

    package init(name: String, type: String, value: Value) {
      self.name = name
      self.type = type
      self.value = value
    }

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

  /// The rows hold everything that was committed before this moment.
  package struct AsOf: Hashable, Sendable, Codable {
    /// A WAL position: `0/5C0000A8`.
    package var position: String
    /// ISO 8601 with its offset.
    package var time: String
    package var timeline: Int
    package var snapshot: String?
    package var replica: String?

    package init(position: String, time: String, timeline: Int, snapshot: String?, replica: String?) {
      self.position = position
      self.time = time
      self.timeline = timeline
      self.snapshot = snapshot
      self.replica = replica
    }
  }

  package struct ColumnType: Hashable, Sendable, Codable {
    package var name: String
    /// As PostgreSQL formats it, `numeric(14,2)`.
    package var type: String
    package var title: String?

    package init(name: String, type: String, title: String?) {
      self.name = name
      self.type = type
      self.title = title
    }
  }

  package struct File: Hashable, Sendable, Codable {
    package var name: String
    package var bytes: Int
    /// 64 lower-case hexadecimal digits.
    package var sha256: String
    /// Rows of data in it, where it holds rows.
    package var rows: Int?

    package init(name: String, bytes: Int, sha256: String, rows: Int?) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
      self.rows = rows
    }
  }

  package var format = Manifest.currentFormat
  package var report: String
  package var title: String
  package var interval: Span
  package var parameters: [ParameterValue]
  /// As it ran, with the literals filled in.
  package var sql: String
  package var fingerprint: String
  /// A UUID.
  package var run: String
  package var attempt: Int
  package var asOf: AsOf
  package var rows: Int
  package var columns: [ColumnType]
  package var publishedAt: String?
  /// The summary table; nil for `materialize: none`.
  package var table: QualifiedName?
  package var files: [File]
  /// `reportgen 0.1.0`.
  package var generator: String

  package init(
    report: String, title: String, interval: Span, parameters: [ParameterValue], sql: String,
    fingerprint: String, run: String, attempt: Int, asOf: AsOf, rows: Int, columns: [ColumnType],
    publishedAt: String?, table: QualifiedName?, files: [File] = [], generator: String
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
    self.files = files
    self.generator = generator
  }
}
