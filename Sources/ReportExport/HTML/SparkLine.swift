/// A small line of the intervals up to the page's own. Pure.
enum SparkLine {
  /// Intervals, the page's own as the last one.
  static let length = 30

  /// - Returns: SVG's path in a drawing of 1000 by 240 units; nil for less than two values.
  static func path(_ history: [String?]) -> String? {
    let values = history.map { $0.flatMap(Double.init).flatMap { abs($0) <= 1e300 ? $0 : nil } }
    let known = values.compactMap { $0 }
    guard known.count > 1, let low = known.min(), let high = known.max() else { return nil }
    let range = high > low ? high - low : 1
    var path = ""
    for (index, value) in values.enumerated() {
      guard let value else { continue }
      let x = Int((Double(index) / Double(max(values.count - 1, 1)) * 1000).rounded())
      let y = Int(((high - value) / range * 200).rounded()) + 20
      let isFirst = index == 0 || values[index - 1] == nil
      let isLast = index == values.count - 1 || values[index + 1] == nil
      path += (isFirst ? "M" : "L") + "\(x) \(y)"
      // A line without length is drawn as a dot.
      if isFirst, isLast { path += "h0" }
    }
    return path
  }

  /// - Parameter path: of `path`.
  static func markup(_ path: String) -> String {
    "<svg class=\"spark\" viewBox=\"0 0 1000 240\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      + "<path class=\"ln s0\" d=\"\(path)\"/></svg>"
  }
}
