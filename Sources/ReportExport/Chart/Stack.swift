/// Where the parts of a stack begin and end. Pure.
struct Stack {
  struct Segment: Hashable {
    var x: Double
    var from: Double
    var to: Double
  }

  /// For each series, in the order of x; of an area also where only other series have a value.
  let segments: [[Segment]]

  /// - Parameter separatesSigns: whether negative values go down from zero, as bars do.
  init(_ series: [ChartData.Series], separatesSigns: Bool) {
    let places = Set(series.flatMap { $0.points.filter { $0.y != nil }.map(\.x) }).sorted()
    var above: [Double: Double] = [:]
    var below: [Double: Double] = [:]
    segments = series.map { series in
      var values: [Double: Double] = [:]
      for point in series.points { if let y = point.y { values[point.x, default: 0] += y } }
      return places.compactMap { x in
        guard let y = separatesSigns ? values[x] : values[x] ?? 0 else { return nil }
        let isBelow = separatesSigns && y < 0
        let from = isBelow ? below[x] ?? 0 : above[x] ?? 0
        if isBelow { below[x] = from + y } else { above[x] = from + y }
        return Segment(x: x, from: from, to: from + y)
      }
    }
  }

  /// The ends of all segments.
  var bounds: [Double] { segments.flatMap { $0.flatMap { [$0.from, $0.to] } } }
}
