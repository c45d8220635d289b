import Foundation
import TestSupport
import Testing

/// The documents whose commands are run.
private let examples: [Document] = {
  do { return try Repository.documents().filter { $0.session != nil } } catch { return [] }
}()

@Suite(.serialized) struct ExampleTests {
  @Test("every command in the documents runs and prints what the document shows", arguments: examples)
  func commands(_ document: Document) async throws {
    try requirePostgres()
    let kind = try #require(document.session)
    try await temporaryDirectory { home in
      let session = try await Session(kind, home: home)
      do {
        try await Walk(document, in: session).run()
      } catch {
        await session.end()
        throw error
      }
      await session.end()
    }
  }

  @Test("no document shows commands that no test runs")
  func sessions() throws {
    for document in try Repository.documents() where document.session == nil {
      #expect(!document.blocks.contains { $0.language == "console" }, "\(document.path)")
    }
    #expect(examples.count > 4)
  }

  @Test("the documents show every exit code but that of our own bugs")
  func exitCodes() throws {
    let shown = Set(
      try Repository.documents().flatMap(\.blocks).filter { $0.language == "console" }
        .map { $0.value("exit") ?? "0" })
    #expect(shown == ["0", "1", "64", "65", "69", "75", "130"])
  }
}

/// One walk through a document, from its first piece to its last.
private struct Walk {
  let document: Document
  let session: Session

  init(_ document: Document, in session: Session) {
    self.document = document
    self.session = session
  }

  private static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"

  func run() async throws {
    var recorded: [(range: Range<Int>, lines: [String])] = []
    for piece in document.pieces {
      switch piece {
      case .prose: continue
      case .hidden(let lines): try await session.prepare("set -e\n" + lines.joined(separator: "\n"))
      case .block(let block):
        if let file = block.value("file") { try session.write(block.text, to: file) }
        if block.language == "console" { recorded += try await run(block) }
      }
    }
    if Self.isRecording { try record(recorded) }
  }

  /// One command of a block, with the output that the document shows.
  private struct Step {
    var command: String
    var output: [String] = []
    /// Index of the output's first line in the document.
    var firstLine: Int
  }

  private func steps(_ block: Document.Block) -> [Step] {
    var steps: [Step] = []
    for (number, line) in block.lines.enumerated() {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2)), firstLine: block.firstLine + number + 1))
      } else if line.hasPrefix("> "), let last = steps.indices.last, steps[last].output.isEmpty {
        steps[last].command += "\n" + line.dropFirst(2)
        steps[last].firstLine += 1
      } else if let last = steps.indices.last {
        steps[last].output.append(line)
      }
    }
    return steps
  }

  private func run(_ block: Document.Block) async throws -> [(range: Range<Int>, lines: [String])] {
    var recorded: [(range: Range<Int>, lines: [String])] = []
    let steps = steps(block)
    for (number, step) in steps.enumerated() {
      let (status, lines) = try await session.run(
        step.command, interrupted: block.has("interrupt"), keepsProgress: block.has("progress"))
      let place = "\(document.path):\(step.firstLine): \(step.command)"
      let expected = number == steps.count - 1 ? block.value("exit") ?? "0" : "0"
      #expect(String(status) == expected, "\(place)\n\(lines.joined(separator: "\n"))")
      let difference = Mask.difference(
        expected: step.output, actual: lines, durations: block.value("mask") == "durations")
      guard let difference else { continue }
      Issue.record("\(place)\n\(difference)")
      guard !step.output.contains("…") else { continue }
      recorded.append((step.firstLine..<(step.firstLine + step.output.count), lines))
    }
    return recorded
  }

  /// Puts what came out in the place of what the document shows.
  private func record(_ changes: [(range: Range<Int>, lines: [String])]) throws {
    guard !changes.isEmpty else { return }
    var lines = document.lines
    for change in changes.reversed() { lines.replaceSubrange(change.range, with: change.lines) }
    let url = Repository.root.appending(path: document.path)
    try Data(lines.joined(separator: "\n").utf8).write(to: url)
  }
}
