import ReportModel

/// What Superset is told of a column's type before it has seen the table: enough to sort, filter and draw it.
struct ColumnType {
  let text: String?
  let isTime: Bool
  /// A time of day belongs to it.
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

/// Numbers as D3 writes them.
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

/// Dates as people of the language write them.
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
