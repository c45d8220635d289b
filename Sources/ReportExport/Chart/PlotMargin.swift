/// The room around the drawings of a chart, in letters; the same for all of its panels, so that their axes are below each
/// other on a narrow screen. Pure.
struct PlotMargin: Hashable {
  /// For the labels of the values.
  let left: Int
  /// For the newest values; 0 for none.
  let right: Int

  init(_ panels: [ChartPanel]) {
    var (left, right) = (0, 0)
    for panel in panels where !panel.isList && panel.spec.type != .pie {
      guard let scale = panel.scale else { continue }
      let plot = Plot(panel: panel, scale: scale, margin: nil)
      left = max(left, plot.letters.left)
      right = max(right, plot.letters.right)
    }
    self.left = left
    self.right = right
  }
}
