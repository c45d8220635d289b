/// The colours of series and slices: classes `s0` to `s7` of the style sheet.
enum ChartColours {
  static let count = 8
}
