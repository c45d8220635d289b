/// A Superset dashboard as `reports/dashboards/NAME.yaml` describes it.
package struct Dashboard: Hashable, Sendable {
  /// `sales-daily/revenue`: a chart and the report, or other dataset, that it belongs to.
  package struct ChartName: Hashable, Sendable, CustomStringConvertible {
    package var dataset: String
    package var chart: String

    package init(dataset: String, chart: String) {
      self.dataset = dataset
      self.chart = chart
    }

    package var description: String { "\(dataset)/\(chart)" }
  }

  package struct Place: Hashable, Sendable {
    package var chart: ChartName
    /// In twelfths of the row; nil: what the others leave.
    package var width: Int?

    package init(chart: ChartName, width: Int? = nil) {
      self.chart = chart
      self.width = width
    }
  }

  package struct Row: Hashable, Sendable {
    /// A line above the charts.
    package var title: String?
    package var places: [Place]
    /// In units of Superset's grid, 8 pixels each.
    package var height: Int

    package init(title: String? = nil, places: [Place], height: Int = 50) {
      self.title = title
      self.places = places
      self.height = height
    }
  }

  package struct Filter: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case time, select
    }

    package var kind: Kind
    package var title: String
    /// Whose values are offered, and which rows they choose; nil for a time, which goes by each chart's own.
    package var column: String?
    /// A span such as `Last quarter`, or values; empty for everything.
    package var initial: [String]
    /// One value is chosen at any time.
    package var isSingle: Bool
    /// Charts that it leaves alone.
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
  package var title: String
  package var description: String?
  package var owner: String?
  package var filters: [Filter]
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

/// A table or view as Superset is told of it: a report's, or one that a dashboard brings along.
package struct SupersetDataset: Hashable, Sendable {
  package var name: String
  package var title: String
  package var description: String?
  package var owner: String?
  package var table: QualifiedName
  package var timeColumn: String?
  /// In the table's order.
  package var columns: [Column]
  /// Whether `columns` are all that the table has.
  package var isComplete: Bool
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
      table: table, timeColumn: report.materialization.timeColumn,
      columns: names.map { report.column($0) ?? Column(name: $0) },
      isComplete: report.outputColumns != nil, settings: report.superset)
  }

  package func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  package func has(_ column: String) -> Bool {
    !isComplete || self.column(column) != nil || settings.computed.contains { $0.name == column }
  }
}
