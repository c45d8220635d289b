import Foundation
import Testing

@Suite struct LinkTests {
  @Test("every relative link leads to a file, and to a heading in it")
  func links() throws {
    var count = 0
    for document in try Repository.documents() {
      for target in targets(in: document) {
        count += 1
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
          String.init)
        let path = parts[0].isEmpty ? document.path : resolved(parts[0], from: document.path)
        let isThere = FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path)
        #expect(isThere, "\(document.path) links to \(target)")
        guard isThere, parts.count == 2 else { continue }
        #expect(try anchors(of: Document(path)).contains(parts[1]), "\(document.path) links to \(target)")
      }
    }
    #expect(count > 100)
  }

  @Test("every path of a source file in the documents exists")
  func sources() throws {
    for document in try Repository.documents() {
      for line in document.prose {
        for match in line.matches(of: /`([A-Za-z]+\/[A-Za-z+\/]+\.swift)`/) {
          let candidates = ["Sources/\(match.1)", "Sources/ReportEngine/\(match.1)"]
          let isThere = candidates.contains {
            FileManager.default.fileExists(atPath: Repository.root.appending(path: $0).path)
          }
          // What one target has, its paragraph may name without its folder.
          #expect(isThere, "\(document.path) names \(match.1)")
        }
      }
    }
  }

  @Test("every target of make in the documents exists")
  func makeTargets() throws {
    let makefile = try Repository.text("Makefile")
    for document in try Repository.documents() {
      let shell = document.blocks.filter { $0.language == "sh" }.flatMap(\.lines)
      let code = document.prose.flatMap { $0.matches(of: /`(make [a-z-]+)`/).map { String($0.1) } }
      for line in shell + code {
        guard let target = line.firstMatch(of: /^make ([a-z-]+)/)?.1 else { continue }
        #expect(makefile.contains("\n\(target):"), "\(document.path): make \(target)")
      }
    }
  }

  @Test("every place in the documents that a message names exists")
  func messages() throws {
    let headings = try anchors(of: Document("docs/runbook.md"))
    var count = 0
    let files = FileManager.default.enumerator(atPath: Repository.root.appending(path: "Sources").path)
    for file in files?.compactMap({ $0 as? String }).filter({ $0.hasSuffix(".swift") }) ?? [] {
      for match in try Repository.text("Sources/" + file).matches(of: /docs\/runbook\.md, \\"([^"\\]+)\\"/) {
        count += 1
        #expect(headings.contains(slug(String(match.1))), "\(file): \(match.1)")
      }
    }
    #expect(count >= 2)
  }

  @Test("decisions have a number of their own each, and their four parts")
  func decisions() throws {
    let decisions = try Repository.documents().filter { $0.path.hasPrefix("docs/decisions/") }
    var numbers: [Int] = []
    for document in decisions {
      let name = document.path.replacing("docs/decisions/", with: "")
      let number = try #require(
        name.wholeMatch(of: /(\d{4})-[a-z0-9-]+\.md/).flatMap { Int($0.1) }, "\(name)")
      numbers.append(number)
      #expect(document.lines[0].hasPrefix("# \(number). "), "\(document.path)")
      let headings = document.prose.filter { $0.hasPrefix("## ") }
      #expect(
        headings == ["## Context", "## Choice", "## Alternatives", "## Consequences"], "\(document.path)")
    }
    #expect(Set(numbers).count == numbers.count)
    #expect(decisions.count > 10)
  }

  @Test("every test in the checklist of security exists, and every line has one")
  func checklist() throws {
    let prose = try Document("docs/security.md").prose
    let start = try #require(prose.firstIndex(of: "## Checklist"))
    let lines = prose[start...].filter { $0.hasPrefix("| ") && !$0.hasPrefix("| **") }.dropFirst()
    #expect(lines.count > 40)
    var functions: [String: Set<String>] = [:]
    let folder = Repository.root.appending(path: "Tests").path
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    for file in files where file.hasSuffix("Tests.swift") {
      let text = try Repository.text("Tests/" + file)
      let tests = text.matches(of: /@Test\((?s:.*?)\n *func (\w+)\(/).map { String($0.1) }
      for suite in text.matches(of: /(?:struct|actor|class) (\w+Tests)\b/) {
        functions[String(suite.1), default: []].formUnion(tests)
      }
    }
    for line in lines {
      let tests = line.matches(of: /`(\w+Tests)\.(\w+)`/)
      #expect(!tests.isEmpty, "\(line)")
      for test in tests {
        #expect(functions[String(test.1)]?.contains(String(test.2)) == true, "\(test.0)")
      }
    }
  }

  private func targets(in document: Document) -> [String] {
    document.prose.flatMap { line in
      line.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }.filter { !$0.contains("://") }
    }
  }

  private func resolved(_ target: String, from path: String) -> String {
    let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : ""
    var parts = folder.split(separator: "/").map(String.init)
    for part in target.split(separator: "/").map(String.init) {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  private func anchors(of document: Document) -> Set<String> {
    Set(
      document.prose.compactMap { line in
        line.firstMatch(of: /^#{1,6} (.*)$/).map { slug(String($0.1)) }
      })
  }

  /// As GitHub makes anchors: lower case, letters, digits, hyphens and underscores; spaces become hyphens.
  private func slug(_ heading: String) -> String {
    String(
      heading.lowercased().compactMap { character -> Character? in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || character == "-" || character == "_"
          ? character : nil
      })
  }
}
