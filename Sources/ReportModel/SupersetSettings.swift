/// The key `superset`: metrics, computed columns and charts over a report's rows.
package struct SupersetSettings: Hashable, Sendable {
  /// A named aggregate, the only kind of number that charts show.
  package struct Metric: Hashable, Sendable {
    /// The key under `metrics`, by which charts name it.
    package var name: String
    /// What people see in place of the name; nil: the name.
    package var title: String?
    /// nil: the metric has no description in Superset.
    package var description: String?
    /// An aggregate over the table's columns, such as `sum(quantity)`.
    package var sql: String
    /// nil: as Superset formats numbers by default.
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

  /// A column that Superset computes in its own queries; the table does not have it.
  package struct ComputedColumn: Hashable, Sendable {
    /// The key under `computed`; charts and filters name it like a column of the table.
    package var name: String
    /// What people see in place of the name; nil: the name.
    package var title: String?
    /// nil: the column has no description in Superset.
    package var description: String?
    /// An expression over the table's columns, without aggregates.
    package var sql: String
    /// A PostgreSQL type; nil: that of the format.
    package var type: String?
    /// nil: `text`.
    package var format: Column.Format?

    package init(
      name: String, title: String? = nil, description: String? = nil, sql: String, type: String? = nil,
      format: Column.Format? = nil
    ) {
      self.name = name
      self.title = title
      self.description = description
      self.sql = sql
      self.type = type
      self.format = format
    }

    /// Described like a column of the table.
    package var column: Column {
      Column(name: name, title: title, description: description, type: type, format: format ?? .text)
    }
  }

  /// `time_column`: what dashboards' filters of time go by; nil: the report's `materialize.time_column`.
  package var timeColumn: String?
  /// Each list in the order of the file.
  package var metrics: [Metric]
  /// Columns beside those of the table.
  package var computed: [ComputedColumn]
  package var charts: [SupersetChart]

  package init(
    timeColumn: String? = nil, metrics: [Metric] = [], computed: [ComputedColumn] = [],
    charts: [SupersetChart] = []
  ) {
    self.timeColumn = timeColumn
    self.metrics = metrics
    self.computed = computed
    self.charts = charts
  }

  /// - Returns: nil when there is no metric of that name.
  package func metric(_ name: String) -> Metric? { metrics.first { $0.name == name } }
}

/// One chart over a report's rows.
package struct SupersetChart: Hashable, Sendable {
  /// `type`: how the values are drawn.
  package enum Mark: String, Hashable, Sendable, CaseIterable {
    case line, area, bar, pie, table
    /// One large number.
    case number
  }

  /// `grain`: the step to which Superset rounds the times along `x`.
  package enum Grain: String, Hashable, Sendable, CaseIterable {
    case day, week, month, quarter, year
  }

  /// `sort`: the order along an `x` that is not a time.
  package enum Sort: String, Hashable, Sendable, CaseIterable {
    /// Weekdays, months, quarters and weeks in their own order, other values by text or number.
    case x
    /// The largest first.
    case value
  }

  /// The key under `charts`, unique in its report; a chart with a new title under the same key is the same chart.
  package var name: String
  /// The line above the chart.
  package var title: String
  /// nil: the chart has no description in Superset.
  package var description: String?
  package var type: Mark
  /// The column along the bottom, or of which each value is a slice; nil for `number` and `table`.
  package var x: String?
  /// For an `x` that is a time; nil: day.
  package var grain: Grain?
  /// Names of metrics; empty only for a `table` that lists rows.
  package var y: [String]
  /// One line or colour for each value of this column; nil for a single series.
  package var series: String?
  /// The columns of a `table`; with `y`, those that it groups by.
  package var columns: [String]
  /// `order_by` of a `table`: columns and metrics; empty: by the first metric, descending, where there is one.
  package var order: [ExportSettings.SortKey]
  /// The greatest number of rows, bars or slices, or of series where the chart has some; nil: all of them.
  package var limit: Int?
  /// nil: bars by value unless x has an order of its own, lines and areas by x.
  package var sort: Sort?
  /// A condition in SQL, such as `valid_to is null`; nil for all rows.
  package var filter: String?
  /// `stacked`: series are drawn on top of each other; false by default.
  package var isStacked: Bool
  /// `horizontal`: bars grow to the right; false by default.
  package var isHorizontal: Bool
  /// `logarithmic`: the scale of the values is logarithmic; false by default.
  package var isLogarithmic: Bool

  package init(
    name: String, title: String, description: String? = nil, type: Mark, x: String? = nil,
    grain: Grain? = nil, y: [String] = [], series: String? = nil, columns: [String] = [],
    order: [ExportSettings.SortKey] = [], limit: Int? = nil, sort: Sort? = nil, filter: String? = nil,
    isStacked: Bool = false, isHorizontal: Bool = false, isLogarithmic: Bool = false
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
    self.sort = sort
    self.filter = filter
    self.isStacked = isStacked
    self.isHorizontal = isHorizontal
    self.isLogarithmic = isLogarithmic
  }
}
