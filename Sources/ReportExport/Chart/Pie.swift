import Foundation
import ReportModel

/// Writes the shares of a total: a drawing, and a list of the slices with their values.
struct Pie {
  struct Slice: Hashable {
    var name: String
    /// As the data has it.
    var text: String
    var value: Double
    var colour: Int
    /// Of the total, 0 to 1.
    var share: Double
  }

  let panel: ChartPanel
  let slices: [Slice]
  /// The sum of the slices, in digits.
  let total: String

  /// - Parameter rest: the sum of other values of x; the last slice.
  init(panel: ChartPanel, rest: ChartPoint?) {
    self.panel = panel
    let points = panel.series.flatMap(\.points).filter { ($0.y ?? 0) > 0 }.sorted { $0.y! > $1.y! }
    var parts = points.map { (panel.words.name($0.source.x), $0.source.y ?? "") }
    let own = parts.count
    if let rest, let text = rest.y, (Double(text) ?? 0) > 0 {
      parts.append((panel.words.other(rest.otherX), text))
    }
    let sum = parts.reduce(0) { $0 + (Double($1.1) ?? 0) }
    slices = parts.enumerated().map { index, part in
      let value = Double(part.1) ?? 0
      let colour = index < own ? ChartColours.own(index) : ChartColours.other
      return Slice(name: part.0, text: part.1, value: value, colour: colour, share: value / sum)
    }
    total = Self.sum(parts.map(\.1))
  }

  /// Adds up decimal digits without rounding, up to 38 of them.
  private static func sum(_ texts: [String]) -> String {
    let decimals = texts.map { $0.split(separator: ".").dropFirst().first?.count ?? 0 }.max() ?? 0
    let sum = texts.reduce(Decimal(0)) { $0 + (Decimal(string: $1, locale: Locale(identifier: "C")) ?? 0) }
    var text = "\(sum)"
    let missing = decimals - (text.split(separator: ".").dropFirst().first?.count ?? 0)
    guard missing > 0, !text.contains("e") else { return text }
    if !text.contains(".") { text += "." }
    return text + String(repeating: "0", count: missing)
  }

  func write(into page: XMLWriter) {
    page.element("div", ["class": "pie"]) {
      panel.writeDrawing(viewBox: "-100 -100 200 200", into: page) {
        var start = 0.0
        for slice in slices {
          write(slice, from: start, into: page)
          start += slice.share
        }
      }
      page.element("ul", ["class": "shares"]) {
        for slice in slices {
          writeLine(
            slice.name, panel.shown(slice.text), percentText(slice.share), slice.colour, into: page)
        }
        writeLine(
          panel.language[.total], panel.shown(total), panel.language.number("100", .percent), nil, into: page)
      }
    }
  }

  private func write(_ slice: Slice, from start: Double, into page: XMLWriter) {
    let style = "fill slice s\(slice.colour)"
    let title = "\(slice.name): \(panel.shown(slice.text)), \(percentText(slice.share))"
    // An arc from a point to itself is none.
    if slice.share > 0.9999 {
      return page.element("circle", ["class": style, "r": "100"]) { page.element("title", text: title) }
    }
    let (first, second) = (Self.edge(start), Self.edge(start + slice.share))
    let isLarge = slice.share > 0.5 ? 1 : 0
    page.element(
      "path", ["class": style, "d": "M0 0L\(first)A100 100 0 \(isLarge) 1 \(second)z"]
    ) { page.element("title", text: title) }
  }

  /// A point of the circle, clockwise from the top, in hundredths: `70.71 -70.71`.
  private static func edge(_ turn: Double) -> String {
    let angle = turn * 2 * Double.pi
    return "\(hundredths(100 * sin(angle))) \(hundredths(-100 * cos(angle)))"
  }

  private static func hundredths(_ value: Double) -> String {
    let number = Int((value * 100).rounded())
    let rest = number.magnitude % 100
    return (number < 0 ? "-" : "") + "\(number.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func percentText(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return panel.language.number("\(tenths / 10).\(tenths % 10)", .percent)
  }

  private func writeLine(
    _ name: String, _ value: String, _ share: String, _ colour: Int?, into page: XMLWriter
  ) {
    page.element("li") {
      page.element("svg", ["width": "12", "height": "12", "aria-hidden": "true"]) {
        if let colour {
          page.empty("rect", ["class": "fill s\(colour)", "width": "12", "height": "12", "rx": "2"])
        }
      }
      page.element("span", ["dir": "auto"], text: name)
      page.element("span", ["class": "number"], text: value)
      page.element("span", ["class": "number"], text: share)
    }
  }
}
