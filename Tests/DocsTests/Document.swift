import Foundation
import Testing

/// A Markdown file of the documentation, cut into what tests look at.
struct Document: Sendable, CustomTestStringConvertible {
  enum Piece: Sendable {
    /// A fenced block: the words behind the fence, its lines, and where the first of them stands (from 0).
    case block(Block)
    /// `<!-- run … -->`: commands that readers do not see.
    case hidden([String])
    /// A line of prose.
    case prose(String)
  }

  struct Block: Sendable {
    var words: [String]
    var lines: [String]
    var firstLine: Int

    var language: String { words.first ?? "" }
    var text: String { lines.joined(separator: "\n") + "\n" }
    func has(_ word: String) -> Bool { words.dropFirst().contains(word) }

    /// `value("exit")` of "console exit=75" is "75".
    func value(_ key: String) -> String? {
      words.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }
  }

  /// Relative to the repository.
  let path: String
  let lines: [String]
  let pieces: [Piece]

  var testDescription: String { path }

  init(_ path: String) throws {
    self.path = path
    let text = try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
    lines = text.components(separatedBy: "\n")
    pieces = Self.pieces(lines)
  }

  var blocks: [Block] {
    pieces.compactMap { piece in
      if case .block(let block) = piece { block } else { nil }
    }
  }

  var prose: [String] {
    pieces.compactMap { piece in
      if case .prose(let line) = piece { line } else { nil }
    }
  }

  /// `<!-- session: project -->`: in which kind of folder the document's commands run.
  var session: String? {
    lines.first { $0.hasPrefix("<!-- session: ") }?.dropFirst("<!-- session: ".count)
      .split(separator: " ").first.map(String.init)
  }

  private static func pieces(_ lines: [String]) -> [Piece] {
    var pieces: [Piece] = []
    var index = 0
    func take(until isEnd: (String) -> Bool) -> [String] {
      let first = index + 1
      index = lines[first...].firstIndex(where: isEnd) ?? lines.count
      return Array(lines[first..<index])
    }
    while index < lines.count {
      let line = lines[index]
      if line.hasPrefix("```") {
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        let first = index + 1
        pieces.append(.block(Block(words: words, lines: take { $0 == "```" }, firstLine: first)))
      } else if line == "<!-- run" {
        pieces.append(.hidden(take { $0 == "-->" }))
      } else {
        pieces.append(.prose(line))
      }
      index += 1
    }
    return pieces
  }
}

/// The files around the tests.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The documents of the first folder and everything under docs, sorted.
  static func documents() throws -> [Document] {
    let docs = root.appending(path: "docs")
    let names = FileManager.default.enumerator(atPath: docs.path)?.compactMap { $0 as? String } ?? []
    return try
      (["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
      + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 })
      .map(Document.init)
  }
}
