/// Gives names to what differs from run to run, and to nothing else: numbers of rows, names and bare dates stay.
///
/// Both sides of a comparison are masked by the same patterns, so a document shows real values.
enum Mask {
  static func masked(_ line: String, durations: Bool = false) -> String {
    var line =
      line
      .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "UUID")
      .replacing(/\b[0-9A-F]{8}-[0-9A-F]{8}-\d+\b/, with: "SNAPSHOT")
      .replacing(/\b[0-9A-F]{1,8}\/[0-9A-F]{5,8}\b/, with: "LSN")
      .replacing(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( ?[A-Z]{3,4}|[+-]\d\d(:\d\d)?)?/, with: "TIME")
      .replacing(/\/tmp\/reportgen-\d+-[0-9a-f]{16}/, with: "SOCKETS")
      .replacing(
        /(\bPostgreSQL |\bport \d+ +|"version" : ")\d\d(\.\d+|devel|(alpha|beta|rc)\d+)( \([^)]*\))?/
      ) {
        "\($0.1)VERSION"
      }
      .replacing(/"sha256": "[0-9a-f]{64}"/, with: "\"sha256\": SHA256")
      .replacing(/"bytes": \d+/, with: "\"bytes\": BYTES")
      .replacing(/\bsystem \d{19}\b/, with: "system IDENTIFIER")
      .replacing(/"freshnessSeconds" : \d+/, with: "\"freshnessSeconds\" : SECONDS")
      .replacing(/replay lag \d+ bytes/, with: "replay lag BYTES")
      .replacing(/\(backend pid \d+ on/, with: "(backend pid PID on")
    // Only a build by scripts/build knows the commit.
    line = line.replacing(/\(commit [0-9a-f]{12}(?:-dirty)?,\s/, with: "(")
    line = line.replacing(/\blibpq \d\d\.\d+/, with: "libpq VERSION")
    line = line.replacing(/"(libpq|parser)" : "\d\d\.\d+"/) { "\"\($0.1)\" : VERSION" }
    if durations {
      // Columns are as wide as their widest value.
      line = line.replacing(/\d+\.\d+\b/, with: "SECONDS").replacing(/~\d+\b/, with: "~ROWS")
        .replacing(/[ ]{2,}/, with: "  ")
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Compares an output with what the document shows; a line `…` stands for any lines.
  ///
  /// - Returns: nil when they agree, else what is not there.
  static func difference(expected: [String], actual: [String], durations: Bool) -> String? {
    let actual = actual.map { masked($0, durations: durations) }
    let shown = expected.map { masked($0, durations: durations) }
    let parts = shown.split(separator: "…", omittingEmptySubsequences: false).map { Array($0) }
    guard parts.count > 1 else { return actual == parts[0] ? nil : firstDifference(parts[0], actual) }
    var position = 0
    for (number, part) in parts.enumerated() {
      let isFirst = number == 0
      let isLast = number == parts.count - 1
      let starts = isFirst ? [0] : isLast ? [actual.count - part.count] : Array(position...actual.count)
      guard let start = starts.first(where: { matches(part, actual, at: $0, from: position) }) else {
        return "these lines are missing:\n" + part.joined(separator: "\n")
      }
      position = start + part.count
    }
    return nil
  }

  private static func matches(_ part: [String], _ actual: [String], at start: Int, from: Int) -> Bool {
    start >= from && start + part.count <= actual.count
      && Array(actual[start..<(start + part.count)]) == part
  }

  private static func firstDifference(_ expected: [String], _ actual: [String]) -> String {
    let line = zip(expected, actual).prefix { $0 == $1 }.count
    func show(_ lines: [String]) -> String { line < lines.count ? lines[line] : "(no line)" }
    return "line \(line + 1)\n  shown: \(show(expected))\n  now:   \(show(actual))"
  }
}
