/// A Superset dashboard as `reports/dashboards/NAME.yaml` describes it.
public struct Dashboard: Hashable, Sendable {
  /// `sales-daily/revenue`: a chart and the report, or other dataset, that it belongs to.
  public struct ChartName: Hashable, Sendable, CustomStringConvertible {
    public var dataset: String
    public var chart: String

    public init(dataset: String, chart: String) {
      self.dataset = dataset
      self.chart = chart
    }

    public var description: String { "\(dataset)/\(chart)" }
  }

  public struct Place: Hashable, Sendable {
    public var chart: ChartName
    /// In twelfths of the row; nil: what the others leave.
    public var width: Int?

    public init(chart: ChartName, width: Int? = nil) {
      self.chart = chart
      self.width = width
    }
  }

  public struct Row: Hashable, Sendable {
    /// A line above the charts.
    public var title: String?
    public var places: [Place]
    /// In units of Superset's grid, 8 pixels each.
    public var height: Int

    public init(title: String? = nil, places: [Place], height: Int = 50) {
      self.title = title
      self.places = places
      self.height = height
    }
  }

  public struct Filter: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      case time, select
    }

    public var kind: Kind
    public var title: String
    /// Whose values are offered, and which rows they choose; nil for a time, which goes by each chart's own.
    public var column: String?
    /// A span such as `Last quarter`, or values; empty for everything.
    public var initial: [String]
    /// One value is chosen at any time.
    public var isSingle: Bool
    /// Charts that it leaves alone.
    public var except: [ChartName]

    public init(
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
  public var name: String
  public var title: String
  public var description: String?
  public var owner: String?
  public var filters: [Filter]
  public var rows: [Row]
  /// Tables and views that no report makes.
  public var datasets: [SupersetDataset]
  /// Relative to the project's folder.
  public var file: String

  public init(
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
public struct SupersetDataset: Hashable, Sendable {
  public var name: String
  public var title: String
  public var description: String?
  public var owner: String?
  public var table: QualifiedName
  public var timeColumn: String?
  /// In the table's order.
  public var columns: [Column]
  /// Whether `columns` are all that the table has.
  public var isComplete: Bool
  public var settings: SupersetSettings

  public init(
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
  public init?(_ report: Report) {
    guard let table = report.materialization.table else { return nil }
    let names = report.outputColumns ?? report.columns.map(\.name)
    self.init(
      name: report.name, title: report.title, description: report.description, owner: report.owner,
      table: table, timeColumn: report.materialization.timeColumn,
      columns: names.map { report.column($0) ?? Column(name: $0) },
      isComplete: report.outputColumns != nil, settings: report.superset)
  }

  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  public func has(_ column: String) -> Bool {
    !isComplete || self.column(column) != nil || settings.computed.contains { $0.name == column }
  }
}
