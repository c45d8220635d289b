import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// Two streams of rows, merged.
  @Suite struct RowComparisonTests {
    /// Rows as COPY text, a chunk for each so many.
    private actor Rows: CopySource {
      private var chunks: [[UInt8]]
      private let failure: PostgresProblem?
      let rowCount: Int

      init(_ rows: [String], each: Int = 2, failure: PostgresProblem? = nil) {
        rowCount = rows.count
        self.failure = failure
        chunks = stride(from: 0, to: rows.count, by: each).map { start in
          Array(rows[start..<min(start + each, rows.count)].map { $0 + "\n" }.joined().utf8)
        }
      }

      func next() async throws -> [UInt8]? {
        if chunks.isEmpty, let failure { throw failure }
        return chunks.isEmpty ? nil : chunks.removeFirst()
      }
    }

    private struct PostgresProblem: Error {}

    private static func collector(keyFields: Int = 1, fields: [String] = ["k", "v"]) -> DriftCollector {
      DriftCollector(fields: fields, keyFields: keyFields, timeField: nil, intervals: [], keepsGone: false)
    }

    /// `missing k a; extra …; different k b: v 1 -> 2`.
    private static func text(_ drift: [IntervalDrift]) -> String {
      drift.flatMap { drift in
        drift.samples.missing.map { "missing \($0.text)" } + drift.samples.extra.map { "extra \($0.text)" }
          + drift.samples.different.map { "different \($0.text)" }
      }.joined(separator: "; ")
    }

    struct Case: Sendable, CustomTestStringConvertible {
      var name: String
      var computed: [String]
      var published: [String]
      var found: String
      var keyFields = 1
      var testDescription: String { name }
    }

    static let cases = [
      Case(name: "nothing", computed: [], published: [], found: ""),
      Case(name: "equal", computed: ["a\t1", "b\t2"], published: ["a\t1", "b\t2"], found: ""),
      Case(name: "nothing published", computed: ["a\t1"], published: [], found: "missing k a"),
      Case(name: "nothing computed", computed: [], published: ["a\t1"], found: "extra k a"),
      Case(
        name: "missing first, middle and last", computed: ["a\t1", "b\t2", "c\t3", "d\t4"],
        published: ["b\t2"], found: "missing k a; missing k c; missing k d"),
      Case(
        name: "extra first, middle and last", computed: ["b\t2"],
        published: ["a\t1", "b\t2", "c\t3", "d\t4"], found: "extra k a; extra k c; extra k d"),
      Case(
        name: "1.0 is not 1.00", computed: ["a\t1.00", "b\t2"], published: ["a\t1.0", "b\t2"],
        found: "different k a: v 1.0 -> 1.00"),
      Case(
        name: "null is not empty", computed: ["a\t"], published: ["a\t\\N"],
        found: "different k a: v null -> \"\""),
      Case(
        name: "null is a key of its own, before all others", computed: ["\\N\t1", "\t2", "a\t3"],
        published: ["\t2", "a\t3"], found: "missing k null"),
      Case(
        name: "null and empty keys are two", computed: ["\\N\t1"], published: ["\t1"],
        found: "missing k null; extra k \"\""),
      Case(
        name: "an escaped tab is part of the value", computed: ["a\\tb\t1", "a b\t2"],
        published: ["a b\t2"], found: "missing k \"a\\tb\""),
      Case(
        name: "line feeds and backslashes in keys order by what they stand for",
        computed: ["a\\nb\t1", "a b\t1", "a\\\\\t1"], published: ["a b\t1", "a\\\\\t2"],
        found: "missing k \"a\\nb\"; different k a\\: v 2 -> 1"),
      Case(
        name: "a key is no prefix of another", computed: ["a\t1", "ab\t1"], published: ["ab\t1"],
        found: "missing k a"),
      Case(
        name: "bytes, not letters, order the keys", computed: ["Z\t1", "a\t1", "Ё\t1", "я\t1", "🛒\t1"],
        published: ["Z\t1", "Ё\t1", "🛒\t2"], found: "missing k a; missing k я; different k 🛒: v 2 -> 1"),
      Case(
        name: "equal rows without a key are counted", computed: ["a\t1", "a\t1", "b\t1"],
        published: ["a\t1", "b\t1", "b\t1", "b\t1"],
        found: "missing k a, v 1; extra k b, v 1; extra k b, v 1", keyFields: 2),
      Case(
        name: "a row without a key that changed is one less and one more", computed: ["a\t1", "b\t2"],
        published: ["a\t1", "b\t3"], found: "missing k b, v 2; extra k b, v 3", keyFields: 2),
      Case(
        name: "a key twice in the table", computed: ["a\t1"], published: ["a\t1", "a\t2"],
        found: "extra k a"),
    ]

    @Test("finds what is missing, extra and different, however the rows are cut", arguments: cases)
    func compares(_ given: Case) async throws {
      for each in [1, 2, 3, 100] {
        var comparison = RowComparison(drift: Self.collector(keyFields: given.keyFields))
        try await comparison.run(
          Rows(given.computed, each: each), Rows(given.published, each: 4 - min(each, 3)))
        #expect(Self.text(comparison.drift.drift) == given.found, "\(each)")
      }
    }

    @Test("agrees with a comparison that holds all rows in memory", arguments: 0..<40)
    func random(_ seed: Int) async throws {
      var generator = SplitMix64(state: UInt64(seed + 1))
      func rows() -> [String] {
        (0..<Int.random(in: 0...60, using: &generator)).map { _ in
          "\(Int.random(in: 0...30, using: &generator))\t\(Int.random(in: 0...2, using: &generator))"
        }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
      }
      let (one, other) = (rows(), rows())
      var comparison = RowComparison(drift: Self.collector(keyFields: 2))
      try await comparison.run(Rows(one, each: 3), Rows(other, each: 5))
      let found = comparison.drift.drift.first?.rows ?? RowDrift()
      func lacking(_ rows: [String], in others: [String]) -> Int {
        var left = others
        return rows.filter { row in
          guard let index = left.firstIndex(of: row) else { return true }
          left.remove(at: index)
          return false
        }.count
      }
      #expect(found.missing == lacking(one, in: other) && found.extra == lacking(other, in: one))
      #expect(found.different == 0)
    }

    @Test("rows in another order are an error, not drift")
    func order() async throws {
      for (one, other) in [(["b\t1", "a\t1"], ["a\t1", "b\t1"]), (["a\t1", "b\t1"], ["b\t1", "a\t1"])] {
        for each in [1, 100] {
          var comparison = RowComparison(drift: Self.collector())
          await #expect(throws: RunError.self) {
            try await comparison.run(Rows(one, each: each), Rows(other, each: each))
          }
        }
      }
    }

    @Test("a row of other fields, and a source that fails at its end, are errors")
    func failures() async throws {
      var comparison = RowComparison(drift: Self.collector())
      await #expect(throws: (any Error).self) { try await comparison.run(Rows(["a\t1\t2"]), Rows(["a\t1"])) }
      comparison = RowComparison(drift: Self.collector())
      await #expect(throws: PostgresProblem.self) {
        try await comparison.run(Rows(["a\t1"]), Rows(["a\t1"], failure: PostgresProblem()))
      }
    }

    @Test("rows are counted by their interval; of many only some are shown")
    func intervals() async throws {
      let days = Sample.days("2026-01-01", "2026-01-03")
      let drift = DriftCollector(
        fields: ["id", "at"], keyFields: 1, timeField: 1, intervals: days, keepsGone: false)
      let computed = (100..<125).map { "\($0)\t2026-01-01 10:00:00+03" }
      let published = ["500\t2026-01-03", "501\t2026-01-02", "502\t\\N"]
      var comparison = RowComparison(drift: drift)
      try await comparison.run(Rows(computed), Rows(published))
      let found = comparison.drift.drift
      #expect(
        found.map { $0.interval?.start.description ?? "outside" } == ["2026-01-01", "2026-01-03", "outside"])
      #expect(found.map(\.rows.missing) == [25, 0, 0] && found.map(\.rows.extra) == [0, 1, 2])
      #expect(found[0].samples.missing.count == 10)
    }

    @Test("a report shows so many rows of each kind, however many of its intervals differ")
    func samples() async throws {
      let days = Period.day.intervals(from: Definition.date("2026-01-01"), to: Definition.date("2026-03-01"))
      let rows = days.flatMap { day in (0..<5).map { "\(day.start) \($0)\t\(day.start)" } }
      let drift = DriftCollector(
        fields: ["id", "day"], keyFields: 1, timeField: 1, intervals: days, keepsGone: false)
      var comparison = RowComparison(drift: drift)
      try await comparison.run(Rows(rows), Rows([]))
      let found = comparison.drift.drift
      #expect(found.map(\.rows.missing).reduce(0, +) == 295)
      #expect(found.map(\.samples.missing.count).reduce(0, +) == 100)
    }

    @Test("what a merge keeps is counted, and is no drift")
    func gone() async throws {
      let drift = DriftCollector(
        fields: ["k", "v"], keyFields: 1, timeField: nil, intervals: [], keepsGone: true)
      var comparison = RowComparison(drift: drift)
      try await comparison.run(Rows(["a\t1"]), Rows(["a\t1", "b\t1", "c\t1"]))
      let found = try #require(comparison.drift.drift.first)
      #expect(found.rows.gone == 2 && !found.rows.isDrift && found.samples == DriftSamples())
    }
  }
}
