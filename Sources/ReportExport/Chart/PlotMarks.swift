import ReportModel

/// Writes the lines, areas and bars of a plot.
struct PlotMarks {
  static let units = 10_000.0
  /// A narrower bar gets an outline of its colour, so that it is visible on a phone.
  private static let thinBar = 60

  let panel: ChartPanel
  let scale: ValueScale
  let frame: PlotFrame

  func write(into page: XMLWriter) {
    page.element(
      "svg",
      [
        "viewBox": "0 0 10000 10000", "preserveAspectRatio": "none", "width": "100%", "height": "100%",
        "overflow": "visible", "aria-hidden": "true",
      ]
    ) {
      switch panel.spec.type {
      case .line: for series in panel.series { writeLine(series, into: page) }
      case .area: writeAreas(into: page)
      case .stacked: writeStack(into: page)
      case .bar, .pie, .list: for index in panel.series.indices { writeBars(index, into: page) }
      }
    }
    guard panel.spec.type == .line else { return }
    for series in panel.series {
      for run in runs(series) where run.count == 1 {
        page.empty(
          "circle",
          [
            "class": "fill s\(series.colour)", "cx": percent(frame.across(run[0].x)),
            "cy": percent(1 - scale.fraction(run[0].y ?? 0)), "r": "4",
          ])
      }
    }
  }

  private func unit(_ fraction: Double) -> Int { Int((fraction * Self.units).rounded()) }

  private func across(_ x: Double) -> Int { unit(frame.across(x)) }

  private func down(_ value: Double) -> Int { unit(1 - scale.fraction(value)) }

  /// The points of a line between its gaps. On an axis of names a line has no gaps but its NULLs.
  private func runs(_ series: ChartData.Series) -> [[ChartData.Point]] {
    var runs: [[ChartData.Point]] = []
    var isDown = false
    for point in series.points {
      guard point.y != nil else {
        isDown = false
        continue
      }
      if isDown, let last = runs.last?.last, !(series.grid?.isBroken(from: last.x, to: point.x) ?? false) {
        runs[runs.count - 1].append(point)
      } else {
        runs.append([point])
      }
      isDown = true
    }
    return runs
  }

  private func writeLine(_ series: ChartData.Series, into page: XMLWriter) {
    let path = runs(series).map { run in
      "M" + run.map { "\(across($0.x)) \(down($0.y ?? 0))" }.joined(separator: "L")
    }
    page.empty("path", ["class": "ln s\(series.colour)", "d": path.joined()])
  }

  private func writeAreas(into page: XMLWriter) {
    let stack = Stack(panel.series, separatesSigns: false)
    for (series, segments) in zip(panel.series, stack.segments) {
      var path = ""
      for run in runs(segments) {
        // A single place is as wide as its step.
        let places = run.count > 1 ? run.map(\.x) : [run[0].x - frame.slot / 4, run[0].x + frame.slot / 4]
        let ends = run.count > 1 ? run : [run[0], run[0]]
        let top = zip(places, ends).map { "\(across($0)) \(down($1.to))" }
        let base = zip(places, ends).reversed().map { "\(across($0)) \(down($1.from))" }
        path += "M" + (top + base).joined(separator: "L") + "z"
      }
      page.empty("path", ["class": "area s\(series.colour)", "d": path])
    }
  }

  private func runs(_ segments: [Stack.Segment]) -> [[Stack.Segment]] {
    var runs: [[Stack.Segment]] = []
    for segment in segments {
      if let last = runs.last?.last, !(frame.grid?.isBroken(from: last.x, to: segment.x) ?? false) {
        runs[runs.count - 1].append(segment)
      } else {
        runs.append([segment])
      }
    }
    return runs
  }

  private func writeStack(into page: XMLWriter) {
    let room = frame.slot / (frame.high - frame.low) * 0.8
    for (series, segments) in zip(panel.series, Stack(panel.series, separatesSigns: true).segments) {
      writeBars(
        segments.map { (frame.across($0.x) - room / 2, scale.fraction($0.from), scale.fraction($0.to)) },
        width: room, colour: series.colour, into: page)
    }
  }

  private func writeBars(_ index: Int, into page: XMLWriter) {
    let series = panel.series[index]
    let room = frame.slot / (frame.high - frame.low) * 0.8
    let width = room / Double(panel.series.count)
    writeBars(
      series.points.compactMap { point in
        point.y.map {
          (frame.across(point.x) - room / 2 + width * Double(index), scale.zero, scale.fraction($0))
        }
      }, width: width * (panel.series.count > 1 ? 0.94 : 1), colour: series.colour, into: page)
  }

  /// - Parameter bars: left end, and lower and upper end as fractions of the scale.
  private func writeBars(
    _ bars: [(left: Double, from: Double, to: Double)], width: Double, colour: Int, into page: XMLWriter
  ) {
    var path = ""
    for bar in bars {
      let from = unit(1 - bar.from)
      path += "M\(unit(bar.left)) \(from)V\(unit(1 - bar.to))H\(unit(bar.left + width))V\(from)z"
    }
    let thin = unit(width) < Self.thinBar ? " thin" : ""
    page.empty("path", ["class": "fill s\(colour)\(thin)", "d": path])
  }
}
