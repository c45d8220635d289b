import ReportModel

/// Number formats of spreadsheets.
enum CellFormat {
  /// Keeps what is typed as text.
  static let text = "@"
  static let date = "yyyy\\-mm\\-dd"

  static func moment(_ kind: MomentValue.Kind, hasFraction: Bool) -> String {
    let time = "hh:mm:ss" + (hasFraction ? ".000" : "")
    return switch kind {
    case .date: date
    case .time: time
    case .timestamp: "\(date)\\ \(time)"
    }
  }

  /// The digits are those of the data, as on pages; negative numbers have a minus and are red.
  ///
  /// - Parameter decimals: of the value.
  static func number(_ format: Column.Format?, decimals: Int) -> String {
    let shown = format == .money ? max(2, decimals) : decimals
    let fraction = shown > 0 ? "." + String(repeating: "0", count: shown) : ""
    let code =
      switch format {
      case nil, .text, .date: "0\(fraction)"
      case .integer, .number, .money: "#,##0\(fraction)"
      case .percent: "#,##0\(fraction)\\ \"%\""
      }
    return "\(code);[Red]\\-\(code)"
  }

  /// For a float without a format, and for one with an exponent.
  static let general = "General;[Red]\\-General"
}
