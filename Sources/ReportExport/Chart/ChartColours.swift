/// The colours of series and slices: classes `s0` to `s7` of the style sheet.
enum ChartColours {
  static let count = 8
  /// Grey, for what is added up as "other".
  static let other = 6

  /// The colour of a series or slice of its own; only the eighth is grey.
  static func own(_ index: Int) -> Int {
    switch index % count {
    case 6: 7
    case 7: other
    default: index % count
    }
  }
}
