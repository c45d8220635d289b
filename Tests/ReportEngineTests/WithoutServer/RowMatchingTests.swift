import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

@Suite struct RowMatchingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// `a1 b2`: column a is 1, column b is 2; `a-` is null.
    var wanted: [String]
    var rows: [String]
    var pairs: [Int?]

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "nothing", wanted: [], rows: ["a1"], pairs: []),
    Case(name: "any order", wanted: ["a2", "a1"], rows: ["a1", "a2"], pairs: [1, 0]),
    Case(
      name: "as often as each is there", wanted: ["a1", "a1", "a1"], rows: ["a1", "a1"], pairs: [0, 1, nil]),
    Case(name: "null is null", wanted: ["a-", "a1"], rows: ["a1", "a-"], pairs: [1, 0]),
    Case(name: "null is nothing else", wanted: ["a-"], rows: ["a1"], pairs: [nil]),
    Case(name: "a row without columns fits any", wanted: [""], rows: ["a1 b1"], pairs: [0]),
    Case(
      name: "the one that fits several gives way", wanted: ["a1", "a1 b1"], rows: ["a1 b1", "a1 b2"],
      pairs: [1, 0]),
    Case(
      name: "along a whole chain", wanted: ["a1", "b2", "a1 b1", "b2 c3"],
      rows: ["a1 b1 c1", "a1 b2 c3", "a2 b2 c4"], pairs: [nil, 2, 0, 1]),
    Case(
      name: "columns of different sets", wanted: ["b2", "a1"], rows: ["a1 b2", "a1 b1"], pairs: [0, 1]),
  ]

  @Test("each expected row gets a row of its own wherever that is possible", arguments: cases)
  func pairs(_ item: Case) {
    var matching = RowMatching(item.wanted.map(pattern), item.rows.map(row))
    let pairs = matching.pairs()
    #expect(pairs.count { $0 == nil } == item.pairs.count { $0 == nil })
    #expect(Set(pairs.compactMap { $0 }).count == pairs.count { $0 != nil })
    for (index, row) in pairs.enumerated() {
      guard let row else { continue }
      #expect(RowMatching.fits(pattern(item.wanted[index]), self.row(item.rows[row])))
    }
    if item.name != "along a whole chain" { #expect(pairs == item.pairs) }
  }

  @Test("as many pairs as trying out every way gives", arguments: 0..<200)
  func exhaustive(_ seed: UInt64) {
    var random = SplitMix64(state: seed)
    let rows = (0..<4).map { _ in
      (0..<3).map { _ -> String? in ["1", "2", nil].randomElement(using: &random) ?? nil }
    }
    let patterns = (0..<4).map { _ -> RowMatching.Pattern in
      var pattern: RowMatching.Pattern = [:]
      for column in 0..<3 where Bool.random(using: &random) {
        pattern[column] = .some(["1", "2", nil].randomElement(using: &random) ?? nil)
      }
      return pattern
    }
    var matching = RowMatching(patterns, rows)
    #expect(matching.pairs().count { $0 != nil } == most(patterns[...], Set(rows.indices), rows))
  }

  private func most(_ patterns: ArraySlice<RowMatching.Pattern>, _ free: Set<Int>, _ rows: [[String?]]) -> Int
  {
    guard let first = patterns.first else { return 0 }
    let rest = patterns.dropFirst()
    let taken = free.filter { RowMatching.fits(first, rows[$0]) }.map {
      1 + most(rest, free.subtracting([$0]), rows)
    }
    return max(taken.max() ?? 0, most(rest, free, rows))
  }

  @Test("thousands of equal rows, one too few of them, and one of each pattern")
  func many() {
    var equal = RowMatching(Array(repeating: [0: "x"], count: 1000), Array(repeating: ["x"], count: 999))
    #expect(equal.pairs().count { $0 == nil } == 1)
    let rows = (0..<1000).map { ["a", String($0)] as [String?] }
    let patterns = (0..<1000).map { $0 % 2 == 0 ? [0: "a"] : [1: String($0)] } as [RowMatching.Pattern]
    var mixed = RowMatching(patterns, rows)
    #expect(!mixed.pairs().contains(nil))
  }

  private static let columns = ["a", "b", "c"]

  private func pattern(_ text: String) -> RowMatching.Pattern {
    var pattern: RowMatching.Pattern = [:]
    for word in text.split(separator: " ") {
      guard let column = Self.columns.firstIndex(of: String(word.prefix(1))) else { continue }
      pattern[column] = .some(word.dropFirst() == "-" ? nil : String(word.dropFirst()))
    }
    return pattern
  }

  private func row(_ text: String) -> [String?] {
    let pattern = pattern(text)
    return Self.columns.indices.map { pattern[$0] ?? nil }
  }
}
