/// A Superset dashboard as `reports/dashboards/NAME.yaml` describes it.
package struct Dashboard: Hashable, Sendable {
  /// `sales-daily/revenue`: a chart and the report, or other dataset, that it belongs to.
  package struct ChartName: Hashable, Sendable, CustomStringConvertible {
    /// A report's name, or a key of the dashboard's `datasets`.
    package var dataset: String
    /// The chart's key under `superset.charts` of the report, or `charts` of the dataset.
    package var chart: String

    package init(dataset: String, chart: String) {
      self.dataset = dataset
      self.chart = chart
    }

    /// As in YAML: `sales-daily/revenue`.
    package var description: String { "\(dataset)/\(chart)" }
  }

  /// One chart in a row of the dashboard.
  package struct Place: Hashable, Sendable {
    package var chart: ChartName
    /// `width`, in twelfths of the row; nil: an equal part of what the others leave.
    package var width: Int?

    package init(chart: ChartName, width: Int? = nil) {
      self.chart = chart
      self.width = width
    }
  }

  /// One item of `rows`: charts beside each other.
  package struct Row: Hashable, Sendable {
    /// A line above the charts; nil for none.
    package var title: String?
    /// From left to right; together at most 12 twelfths wide.
    package var places: [Place]
    /// `height`, in units of Superset's grid of 8 pixels; 50 by default.
    package var height: Int

    package init(title: String? = nil, places: [Place], height: Int = 50) {
      self.title = title
      self.places = places
      self.height = height
    }
  }

  /// One item of `filters`: a control by which readers narrow the charts.
  package struct Filter: Hashable, Sendable {
    /// `type`: `time` narrows by a span of time, `select` by values of a column.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case time, select
    }

    package var kind: Kind
    /// The control's label.
    package var title: String
    /// The column that a `select` filters by; nil for `time`, which filters by each chart's time column.
    package var column: String?
    /// `default`: a span such as `Last quarter`, or values; empty: nothing is filtered out at first.
    package var initial: [String]
    /// `single`: exactly one value is always chosen; false by default.
    package var isSingle: Bool
    /// Charts of the dashboard that the filter does not apply to.
    package var except: [ChartName]

    package init(
      kind: Kind, title: String, column: String? = nil, initial: [String] = [], isSingle: Bool = false,
      except: [ChartName] = []
    ) {
      self.kind = kind
      self.title = title
      self.column = column
      self.initial = initial
      self.isSingle = isSingle
      self.except = except
    }
  }

  /// The file's name; also the last part of the dashboard's address.
  package var name: String
  /// The dashboard's heading.
  package var title: String
  /// nil: the dashboard has no description in Superset.
  package var description: String?
  /// Whom to ask about the dashboard; nil when the file names nobody.
  package var owner: String?
  package var filters: [Filter]
  /// From top to bottom.
  package var rows: [Row]
  /// Tables and views that no report makes.
  package var datasets: [SupersetDataset]
  /// Relative to the project's folder.
  package var file: String

  package init(
    name: String, title: String, description: String? = nil, owner: String? = nil, filters: [Filter] = [],
    rows: [Row] = [], datasets: [SupersetDataset] = [], file: String
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.owner = owner
    self.filters = filters
    self.rows = rows
    self.datasets = datasets
    self.file = file
  }
}

/// A table or view that Superset shows: a report's, or one declared under `datasets` of a dashboard.
package struct SupersetDataset: Hashable, Sendable {
  /// The report's name, or the key under `datasets`; unique in the project.
  package var name: String
  /// What Superset shows in place of the table's name.
  package var title: String
  /// nil: the dataset has no description in Superset.
  package var description: String?
  /// Whom to ask about the rows; nil when the definition names nobody.
  package var owner: String?
  /// The summary table or view that Superset reads.
  package var table: QualifiedName
  /// The column that filters of time go by; nil: they do not apply.
  package var timeColumn: String?
  /// In the table's order.
  package var columns: [Column]
  /// Whether `columns` are all that the table has.
  package var isComplete: Bool
  /// Whether it is the table of a report, and no view.
  package var isOwnTable = false
  /// Columns that make a row unique; empty: not known.
  package var key: [String] = []
  /// An IANA name: where the days of moments begin.
  package var timezone = "UTC"
  /// Columns that charts show by a computed one, and its name.
  package var replaced: [String: String] = [:]
  /// Metrics, computed columns and charts over the table.
  package var settings: SupersetSettings

  package init(
    name: String, title: String, description: String? = nil, owner: String? = nil, table: QualifiedName,
    timeColumn: String? = nil, columns: [Column] = [], isComplete: Bool = true,
    settings: SupersetSettings = SupersetSettings()
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.owner = owner
    self.table = table
    self.timeColumn = timeColumn
    self.columns = columns
    self.isComplete = isComplete
    self.settings = settings
  }

  /// - Returns: nil for a report without a table.
  package init?(_ report: Report) {
    guard let table = report.materialization.table else { return nil }
    let names = report.outputColumns ?? report.columns.map(\.name)
    self.init(
      name: report.name, title: report.title, description: report.description, owner: report.owner,
      table: table, timeColumn: report.superset.timeColumn ?? report.materialization.timeColumn,
      columns: names.map { report.column($0) ?? Column(name: $0) },
      isComplete: report.outputColumns != nil, settings: report.superset)
    isOwnTable = report.materialization.kind != .view
    key = report.materialization.uniqueKey
    timezone = report.timezone
  }

  /// - Returns: nil when the definition says nothing of a column of that name.
  package func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// Whether charts and filters can name the column; true for every name when `columns` are not complete.
  package func has(_ column: String) -> Bool {
    !isComplete || self.column(column) != nil || settings.computed.contains { $0.name == column }
  }
}
