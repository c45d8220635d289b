/// What a definition says of its rows in Superset beside their columns.
package struct SupersetSettings: Hashable, Sendable {
  /// A named aggregate, the only kind of number that charts show.
  package struct Metric: Hashable, Sendable {
    package var name: String
    package var title: String?
    package var description: String?
    package var sql: String
    package var format: Column.Format?

    package init(
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
  package struct ComputedColumn: Hashable, Sendable {
    package var name: String
    package var title: String?
    package var description: String?
    package var sql: String
    package var format: Column.Format?

    package init(
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
    package var column: Column {
      Column(name: name, title: title, description: description, format: format ?? .text)
    }
  }

  /// Each list in the order of the file.
  package var metrics: [Metric]
  package var computed: [ComputedColumn]
  package var charts: [SupersetChart]

  package init(metrics: [Metric] = [], computed: [ComputedColumn] = [], charts: [SupersetChart] = []) {
    self.metrics = metrics
    self.computed = computed
    self.charts = charts
  }

  package func metric(_ name: String) -> Metric? { metrics.first { $0.name == name } }
}

/// One chart over a report's rows.
package struct SupersetChart: Hashable, Sendable {
  package enum Mark: String, Hashable, Sendable, CaseIterable {
    case line, area, bar, pie, table
    /// One large number.
    case number
  }

  package enum Grain: String, Hashable, Sendable, CaseIterable {
    case day, week, month, quarter, year
  }

  /// Unique in its report; what the chart is known by when its title changes.
  package var name: String
  package var title: String
  package var description: String?
  package var type: Mark
  /// Along the bottom, or one slice for each value.
  package var x: String?
  /// The step of an `x` that is a time.
  package var grain: Grain?
  /// Metrics.
  package var y: [String]
  /// One line or colour for each value of this column.
  package var series: String?
  /// Of a table; with `y`, those it is grouped by.
  package var columns: [String]
  package var order: [ExportSettings.SortKey]
  /// How many rows, bars or slices at most.
  package var limit: Int?
  /// A condition in SQL.
  package var filter: String?
  package var isStacked: Bool
  package var isHorizontal: Bool
  package var isLogarithmic: Bool

  package init(
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
