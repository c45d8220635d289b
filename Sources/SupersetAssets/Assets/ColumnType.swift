import ReportModel

/// The type of a column in a bundle: Superset sorts, filters and draws by it.
struct ColumnType {
  /// As in the bundle; nil: Superset reads it from the table.
  let text: String?
  /// nil: neither the definition nor the table says.
  let kind: TypeClass?
  let isTime: Bool
  /// Whether values have a time of day.
  var hasClock: Bool { kind?.hasClock ?? false }

  /// - Parameter isTime: whether filters of time go by the column.
  init(_ column: Column, isTime: Bool) {
    // A guess at the type of a time column would be a wrong comparison in every filter.
    text = column.type?.uppercased() ?? (isTime ? nil : Self.text(column.format))
    kind = text.map(TypeClass.init)
    self.isTime = isTime || kind?.isTime ?? false
  }

  private static func text(_ format: Column.Format?) -> String? {
    switch format {
    case .integer: "BIGINT"
    case .number, .money, .percent: "NUMERIC"
    case .date: "DATE"
    case .text: "TEXT"
    case nil: nil
    }
  }
}

/// Number formats in the notation of d3-format.
enum NumberFormat {
  static func d3(_ format: Column.Format?) -> String? {
    switch format {
    case .integer: ",d"
    case .money: ",.2f"
    case .number: ",.2~f"
    case .percent: ",.2~%"
    case .text, .date, nil: nil
    }
  }
}

extension NumberFormat {
  /// Of an axis. Before 6.1 Superset's axes have no smallest step: ticks between whole numbers would be written alike.
  static func axis(_ format: Column.Format?) -> String? { d3(format == .integer ? .number : format) }
}

/// Date formats of a language, in the notation of d3-time-format.
struct DateFormat {
  let locale: String?

  var day: String { locale?.hasPrefix("ru") ?? false ? "%d.%m.%Y" : "%Y-%m-%d" }

  var moment: String { day + " %H:%M" }

  func axis(_ grain: SupersetChart.Grain) -> String {
    guard locale?.hasPrefix("ru") ?? false else { return "smart_date" }
    return switch grain {
    case .day, .week: "%d.%m.%Y"
    case .month, .quarter: "%m.%Y"
    case .year: "%Y"
    }
  }
}
