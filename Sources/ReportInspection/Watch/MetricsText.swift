/// The text format that Prometheus reads, as far as it is written here: gauges with labels, without timestamps.
struct MetricFamily {
  let name: String
  let help: String
  var lines: [String] = []

  init(_ name: String, _ help: String, _ samples: [MetricSample]) {
    self.name = name
    self.help = help
    lines = samples.map(line)
  }

  func line(_ sample: MetricSample) -> String {
    let labels = sample.labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
    return "\(name){\(labels)} \(sample.value.text)"
  }

  /// A family without samples is left out.
  var text: String {
    guard !lines.isEmpty else { return "" }
    return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + lines.map { $0 + "\n" }.joined()
  }

  static func escaped(_ label: String) -> String {
    var text = ""
    for character in label.unicodeScalars {
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}

struct MetricSample {
  var labels: [(String, String)]
  var value: MetricValue
}

enum MetricValue {
  case count(Int)
  /// To the millisecond.
  case seconds(Double)

  var text: String {
    switch self {
    case .count(let count): "\(count)"
    case .seconds(let seconds): "\((seconds * 1000).rounded() / 1000)"
    }
  }
}

/// The samples of an earlier file, line by line; lines of any other format are ignored.
struct EarlierMetrics {
  struct Line {
    var text: String
    var report: String?
  }

  private var families: [String: [Line]] = [:]

  /// - Parameter environment: samples of another environment are ignored.
  init(_ text: String, environment: String) {
    let mark = "{environment=\"\(MetricFamily.escaped(environment))\""
    for line in text.split(separator: "\n") where line.contains(mark) {
      guard let match = line.wholeMatch(of: Self.shape) else { continue }
      let report = line.firstMatch(of: /,report="([a-z0-9-]+)"/).map { String($0.1) }
      families[String(match.1), default: []].append(Line(text: String(line), report: report))
    }
  }

  func lines(of family: String) -> [Line] { families[family] ?? [] }

  /// By scalars: a title can begin with a combining accent, which would form one character with the quote.
  private nonisolated(unsafe) static let shape =
    /(reportgen_[a-z_]+)\{(?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)+\} -?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?/
    .matchingSemantics(.unicodeScalar)
}
