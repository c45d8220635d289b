/// What a definition says of its rows in Superset beside their columns.
public struct SupersetSettings: Hashable, Sendable {
  /// A named aggregate, the only kind of number that charts show.
  public struct Metric: Hashable, Sendable {
    public var name: String
    public var title: String?
    public var description: String?
    public var sql: String
    public var format: Column.Format?

    public init(
      name: String, title: String? = nil, description: String? = nil, sql: String,
      format: Column.Format? = nil
    ) {
      self.name = name
      self.title = title
      self.description = description
      self.sql = sql
      self.format = format
    }
  }

  /// A column that Superset computes when it asks for rows; the table does not have it.
  public struct ComputedColumn: Hashable, Sendable {
    public var name: String
    public var title: String?
    public var description: String?
    public var sql: String
    public var format: Column.Format?

    public init(
      name: String, title: String? = nil, description: String? = nil, sql: String,
      format: Column.Format? = nil
    ) {
      self.name = name
      self.title = title
      self.description = description
      self.sql = sql
      self.format = format
    }

    /// As if the table had it.
    public var column: Column {
      Column(name: name, title: title, description: description, format: format ?? .text)
    }
  }

  /// Each list in the order of the file.
  public var metrics: [Metric]
  public var computed: [ComputedColumn]
  public var charts: [SupersetChart]

  public init(metrics: [Metric] = [], computed: [ComputedColumn] = [], charts: [SupersetChart] = []) {
    self.metrics = metrics
    self.computed = computed
    self.charts = charts
  }

  public func metric(_ name: String) -> Metric? { metrics.first { $0.name == name } }
}

/// One chart over a report's rows.
public struct SupersetChart: Hashable, Sendable {
  public enum Mark: String, Hashable, Sendable, CaseIterable {
    case line, area, bar, pie, table
    /// One large number.
    case number
  }

  public enum Grain: String, Hashable, Sendable, CaseIterable {
    case day, week, month, quarter, year
  }

  /// Unique in its report; what the chart is known by when its title changes.
  public var name: String
  public var title: String
  public var description: String?
  public var type: Mark
  /// Along the bottom, or one slice for each value.
  public var x: String?
  /// The step of an `x` that is a time.
  public var grain: Grain?
  /// Metrics.
  public var y: [String]
  /// One line or colour for each value of this column.
  public var series: String?
  /// Of a table; with `y`, those it is grouped by.
  public var columns: [String]
  public var order: [ExportSettings.SortKey]
  /// How many rows, bars or slices at most.
  public var limit: Int?
  /// A condition in SQL.
  public var filter: String?
  public var isStacked: Bool
  public var isHorizontal: Bool
  public var isLogarithmic: Bool

  public init(
    name: String, title: String, description: String? = nil, type: Mark, x: String? = nil,
    grain: Grain? = nil, y: [String] = [], series: String? = nil, columns: [String] = [],
    order: [ExportSettings.SortKey] = [], limit: Int? = nil, filter: String? = nil, isStacked: Bool = false,
    isHorizontal: Bool = false, isLogarithmic: Bool = false
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.type = type
    self.x = x
    self.grain = grain
    self.y = y
    self.series = series
    self.columns = columns
    self.order = order
    self.limit = limit
    self.filter = filter
    self.isStacked = isStacked
    self.isHorizontal = isHorizontal
    self.isLogarithmic = isLogarithmic
  }
}
