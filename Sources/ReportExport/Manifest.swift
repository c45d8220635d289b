import ReportModel

/// What `manifest.json` says of the files beside it: which rows they hold, as of which moment, and how to check them.
///
/// Says nothing of when or where it was written: equal rows of one run give equal bytes. Keys keep the order of the
/// properties here.
public struct Manifest: Hashable, Sendable, Codable {
  /// Raised when a reader of the older format would misunderstand the new one.
  public static let currentFormat = 1

  /// The bounds are nil for a report without intervals.
  public struct Span: Hashable, Sendable, Codable {
    public var name: String
    public var start: CalendarDate?
    public var end: CalendarDate?

    public init(name: String, start: CalendarDate?, end: CalendarDate?) {
      self.name = name
      self.start = start
      self.end = end
    }
  }

  public struct ParameterValue: Hashable, Sendable, Codable {
    public enum Value: Hashable, Sendable {
      case null
      case scalar(String)
      case list([String])
    }

    public var name: String
    /// `text`, or `text[]` for a list.
    public var type: String
    public var value: Value

    public init(name: String, type: String, value: Value) {
      self.name = name
      self.type = type
      self.value = value
    }

    public init(_ parameter: Parameter, value: Parameter.Value) {
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
  public struct AsOf: Hashable, Sendable, Codable {
    /// A WAL position: `0/5C0000A8`.
    public var position: String
    /// ISO 8601 with its offset.
    public var time: String
    public var timeline: Int
    public var snapshot: String?
    public var replica: String?

    public init(position: String, time: String, timeline: Int, snapshot: String?, replica: String?) {
      self.position = position
      self.time = time
      self.timeline = timeline
      self.snapshot = snapshot
      self.replica = replica
    }
  }

  public struct ColumnType: Hashable, Sendable, Codable {
    public var name: String
    /// As PostgreSQL formats it, `numeric(14,2)`.
    public var type: String
    public var title: String?

    public init(name: String, type: String, title: String?) {
      self.name = name
      self.type = type
      self.title = title
    }
  }

  public struct File: Hashable, Sendable, Codable {
    public var name: String
    public var bytes: Int
    /// 64 lower-case hexadecimal digits.
    public var sha256: String
    /// Rows of data in it, where it holds rows.
    public var rows: Int?

    public init(name: String, bytes: Int, sha256: String, rows: Int?) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
      self.rows = rows
    }
  }

  public var format = Manifest.currentFormat
  public var report: String
  public var title: String
  public var interval: Span
  public var parameters: [ParameterValue]
  /// As it ran, with the literals filled in.
  public var sql: String
  public var fingerprint: String
  /// A UUID.
  public var run: String
  public var attempt: Int
  public var asOf: AsOf
  public var rows: Int
  public var columns: [ColumnType]
  public var publishedAt: String?
  /// The summary table; nil for `materialize: none`.
  public var table: QualifiedName?
  public var files: [File]
  /// `reportgen 0.1.0`.
  public var generator: String

  public init(
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
