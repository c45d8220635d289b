import Foundation
import FoundationXML

/// What a page's charts draw, read back from its SVG: in fractions of a drawing, and in values by the labels of the axis.
final class Drawing: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
  }

  /// One SVG with `role="img"`.
  struct Panel {
    var elements: [Element] = []

    /// Label and fraction from the bottom, of the ticks of the value axis.
    var valueTicks: [(label: String, at: Double)] {
      elements.filter { $0.name == "text" && $0.attributes["x"] == "-8" }
        .map { ($0.text, 1 - Drawing.fraction($0.attributes["y"])) }
    }

    /// Label and fraction from the left.
    var placeTicks: [(label: String, at: Double)] {
      elements.filter { $0.name == "text" && $0.attributes["dy"] == "1.7em" }
        .map { ($0.text, Drawing.fraction($0.attributes["x"])) }
    }

    /// The runs of a line, as fractions from the left and values; without its single points.
    func lines(_ series: Int = 0) -> [[(across: Double, value: Double)]] {
      paths("ln s\(series)").flatMap { Drawing.runs($0) }.map { run in
        run.map { ($0.0, value($0.1)) }
      }.filter { $0.count > 1 }
    }

    /// Points between two gaps.
    func dots(_ series: Int = 0) -> [(across: Double, value: Double)] {
      elements.filter { $0.name == "circle" && $0.attributes["class"] == "fill s\(series)" }
        .map { (Drawing.fraction($0.attributes["cx"]), value(1 - Drawing.fraction($0.attributes["cy"]))) }
    }

    /// Standing bars: left and right end, and the values at their lower and upper end.
    func bars(_ series: Int = 0) -> [(left: Double, right: Double, from: Double, to: Double)] {
      (paths("fill s\(series)") + paths("fill s\(series) thin")).flatMap { path in
        path.split(separator: "M").map { bar in
          let numbers = bar.split { "VHz ".contains($0) }.map { Double($0)! }
          return (
            numbers[0] / 10_000, numbers[3] / 10_000, value(1 - numbers[1] / 10_000),
            value(1 - numbers[2] / 10_000)
          )
        }
      }
    }

    func paths(_ name: String) -> [String] {
      elements.filter { $0.name == "path" && $0.attributes["class"] == name }.map { $0.attributes["d"] ?? "" }
    }

    /// Lengths of lying bars as fractions of the width, by colour.
    var lying: [(colour: String, left: Double, width: Double)] {
      elements.filter { $0.name == "rect" && ($0.attributes["class"] ?? "").hasPrefix("fill") }.map {
        (
          $0.attributes["class"]!, Drawing.fraction($0.attributes["x"]),
          Drawing.fraction($0.attributes["width"])
        )
      }
    }

    var names: [String] {
      elements.filter { $0.name == "text" && ["name", "name wide"].contains($0.attributes["class"] ?? "") }
        .map(\.text)
    }

    func texts(_ name: String) -> [String] {
      elements.filter { $0.name == "text" && $0.attributes["class"] == name }.map(\.text)
    }

    func spans(_ name: String) -> [(left: Double, width: Double)] {
      elements.filter { $0.name == "rect" && $0.attributes["class"] == name }
        .map { (Drawing.fraction($0.attributes["x"]), Drawing.fraction($0.attributes["width"])) }
    }

    /// The value at a fraction from the bottom, between the first and the last tick.
    private func value(_ fraction: Double) -> Double {
      let ticks = valueTicks.map { (Double($0.label.replacing("\u{202F}", with: "")) ?? .nan, $0.at) }
      guard let first = ticks.first, let last = ticks.last else { return .nan }
      let value = first.0 + (fraction - first.1) / (last.1 - first.1) * (last.0 - first.0)
      return (value * 100).rounded() / 100
    }
  }

  private(set) var panels: [Panel] = []
  private(set) var headings: [String] = []
  /// Beside the titles of charts.
  private(set) var notes: [String] = []
  private var stack: [Element] = []
  private var isDrawing = 0

  init(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    _ = parser.parse()
  }

  static func fraction(_ text: String?) -> Double { Double((text ?? "0").dropLast()).map { $0 / 100 } ?? 0 }

  /// The points of a path of `M` and `L`, as fractions from the left and from the bottom.
  static func runs(_ path: String) -> [[(Double, Double)]] {
    path.split(separator: "M").map { run in
      run.split(separator: "L").map { point in
        let numbers = point.split { " z".contains($0) }.map { Double($0)! }
        return (numbers[0] / 10_000, 1 - numbers[1] / 10_000)
      }
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    stack.append(Element(name: name, attributes: attributes))
    if name == "svg", attributes["role"] == "img" {
      panels.append(Panel())
      isDrawing = stack.count
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    guard !stack.isEmpty else { return }
    stack[stack.count - 1].text += string
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    let element = stack.removeLast()
    if name == "h3" { headings.append(element.text) }
    if element.attributes["class"] == "note", stack.contains(where: { $0.name == "figcaption" }) {
      notes.append(element.text)
    }
    if isDrawing > 0 { panels[panels.count - 1].elements.append(element) }
    if stack.count < isDrawing { isDrawing = 0 }
  }
}
