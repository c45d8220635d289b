import ReportModel

/// The type of a column in a bundle, which Superset uses until it has read the table: for sorting, filters and charts.
struct ColumnType {
  let text: String?
  let isTime: Bool
  /// Whether values have a time of day.
  var hasClock: Bool { isTime && text != "DATE" }

  init(_ column: Column, isTime: Bool) {
    if let type = column.type {
      let word = type.lowercased().prefix { $0.isLetter || $0 == " " }
      text = type.uppercased()
      self.isTime = isTime || ["date", "time", "timestamp"].contains { word.hasPrefix($0) }
    } else if isTime {
      text = "DATE"
      self.isTime = true
    } else {
      text = Self.text(column.format)
      self.isTime = column.format == .date
    }
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
    case .number, .percent: ",.2~f"
    case .text, .date, nil: nil
    }
  }
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
