/// Reads the text format of Prometheus by its grammar, strictly, and by the rules that `promtool check metrics` adds.
package struct Exposition {
  package struct Sample: Hashable {
    package var name: String
    package var labels: [String: String]
  }

  package struct Problem: Error, CustomStringConvertible {
    package var description: String
  }

  package private(set) var samples: [Sample: Double] = [:]
  private var help: Set<String> = []
  private var types: [String: String] = [:]
  private var current = ""
  private var closed: Set<String> = []

  package init(_ text: String) throws {
    guard text.isEmpty || text.hasSuffix("\n") else { throw Problem(description: "the last line has no end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix("# ") { try readComment(line) } else { try readSample(Array(line.unicodeScalars)) }
    }
  }

  package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { sample, _ in
      sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
    }?.value
  }

  package func count(_ name: String) -> Int { samples.keys.count { $0.name == name } }

  package var names: Set<String> { Set(types.keys) }

  // MARK: Lines

  /// HELP and TYPE come once each, before the samples of their family, and families do not mix.
  private mutating func readComment(_ line: Substring) throws {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    guard words.count == 4, Self.isName(words[2]) else { throw Problem(description: "\(line)") }
    let name = words[2]
    switch words[1] {
    case "HELP":
      guard help.insert(name).inserted, !words[3].isEmpty else { throw Problem(description: "\(line)") }
    case "TYPE":
      let known = ["counter", "gauge", "histogram", "summary", "untyped"]
      guard known.contains(words[3]), types.updateValue(words[3], forKey: name) == nil else {
        throw Problem(description: "\(line)")
      }
      try lint(name)
    default: throw Problem(description: "\(line)")
    }
  }

  private func lint(_ name: String) throws {
    let endings = [
      "_total", "_count", "_sum", "_bucket", "_gauge", "_milliseconds", "_ms", "_minutes", "_hours",
    ]
    guard name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil, !endings.contains(where: name.hasSuffix) else {
      throw Problem(description: "a gauge called \(name)")
    }
  }

  private mutating func readSample(_ line: [Unicode.Scalar]) throws {
    var rest = line[...]
    let problem = Problem(description: String(String.UnicodeScalarView(line)))
    let name = Self.text(rest.prefix { $0 != "{" && $0 != " " })
    rest = rest.dropFirst(name.unicodeScalars.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        let (key, value) = try Self.readLabel(&rest, problem)
        guard labels.updateValue(value, forKey: key) == nil else { throw problem }
        if rest.first == "," { rest = rest.dropFirst() } else if rest.first != "}" { throw problem }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " ", let value = Double(Self.text(rest.dropFirst())) else { throw problem }
    try add(Sample(name: name, labels: labels), value, problem)
  }

  private mutating func add(_ sample: Sample, _ value: Double, _ problem: Problem) throws {
    guard Self.isName(sample.name), types[sample.name] != nil, help.contains(sample.name) else {
      throw problem
    }
    if sample.name != current {
      closed.insert(current)
      current = sample.name
    }
    guard !closed.contains(sample.name), samples.updateValue(value, forKey: sample) == nil else {
      throw problem
    }
  }

  private static func readLabel(_ rest: inout ArraySlice<Unicode.Scalar>, _ problem: Problem) throws
    -> (String, String)
  {
    let key = text(rest.prefix { $0 != "=" })
    rest = rest.dropFirst(key.unicodeScalars.count)
    guard key.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil, rest.prefix(2) == ["=", "\""] else {
      throw problem
    }
    rest = rest.dropFirst(2)
    var value = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return (key, String(value)) }
      guard scalar == "\\" else {
        value.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "n": value.append("\n")
      case "\\": value.append("\\")
      case "\"": value.append("\"")
      default: throw problem
      }
    }
    throw problem
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  private static func isName(_ name: String) -> Bool {
    name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil
  }
}
