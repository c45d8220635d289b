import Foundation
import Testing

/// A file of cases, each with its files and the diagnostics they give, whole.
///
/// `RECORD_GOLDEN=1` writes what came out and fails once, so that the difference gets read.
struct GoldenCases {
  struct Case: Sendable {
    var title: String
    /// By name; what is not given is taken from `Sample`.
    var files: [(name: String, text: String)]
    var expected: String
  }

  let url: URL
  private(set) var cases: [Case] = []

  init(_ name: String) throws {
    url = Self.folder.appendingPathComponent(name)
    for part in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n=== ").dropFirst() {
      var sections = part.components(separatedBy: "\n--- ")
      let title = sections.removeFirst()
      var files = sections.map { section -> (name: String, text: String) in
        let lines = section.components(separatedBy: "\n")
        return (lines[0], lines.dropFirst().joined(separator: "\n"))
      }
      let expected = files.removeLast().text.trimmingCharacters(in: .newlines)
      cases.append(Case(title: title, files: files, expected: expected))
    }
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/definitions")

  mutating func check(_ output: (Case) throws -> String) throws {
    let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"
    for index in cases.indices {
      let found = try output(cases[index])
      #expect(found == cases[index].expected, "\(cases[index].title)")
      cases[index].expected = found
    }
    #expect(cases.count > 3)
    guard isRecording else { return }
    try written.write(to: url, atomically: true, encoding: .utf8)
    Issue.record("recorded \(url.lastPathComponent)")
  }

  private var written: String {
    var text = "Cases and the diagnostics they give; see GoldenCases.swift."
    for item in cases {
      text += "\n\n=== " + item.title
      for file in item.files { text += "\n--- \(file.name)\n" + file.text.trimmingCharacters(in: .newlines) }
      text += "\n--- expect\n" + item.expected
    }
    return text + "\n"
  }
}
