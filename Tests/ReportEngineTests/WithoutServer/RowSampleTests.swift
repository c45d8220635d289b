import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// Rows that people see.
  @Suite struct RowSampleTests {
    @Test(
      "a value is shown plainly unless it could be misread",
      arguments: [
        (nil, "null"), ("null", #""null""#), ("", #""""#), ("RUB", "RUB"), ("2026-11-22", "2026-11-22"),
        ("2026-11-22 10:00:00+03", "2026-11-22 10:00:00+03"), ("Чай зелёный 🛒", "Чай зелёный 🛒"),
        ("a, b", #""a, b""#), ("say \"x\"", #""say \"x\"""#), ("two\nlines", #""two\nlines""#),
        (" padded", #"" padded""#), ("a -> b", #""a -> b""#), ("a\\b/c", #"a\b/c"#),
        ("\u{1B}[31m", #""\u001b[31m""#), ("\u{9B}31m", #""\u009b31m""#), ("a\u{7F}", #""a\u007f""#),
        ("a\u{202E}b", #""a\u202eb""#), ("a\u{2028}b", #""a\u2028b""#), ("a\r\u{85}", #""a\r\u0085""#),
      ])
    func shown(_ value: String?, _ text: String) { #expect(RowSample.shown(value) == text) }

    @Test("a row is its key, and the values that differ")
    func text() {
      var sample = RowSample(columns: ["day", "currency"], values: ["2026-11-22", nil])
      #expect(sample.text == "day 2026-11-22, currency null")
      sample.changes = [
        RowSample.Change(column: "amount", old: "1.0", new: "1.00"),
        RowSample.Change(column: "note", old: nil, new: ""),
      ]
      #expect(
        sample.text == "day 2026-11-22, currency null: amount 1.0 -> 1.00, note null -> \"\"")
    }

    @Test("whatever names and values are, a row is one line without control characters")
    func oneLine() {
      var sample = RowSample(columns: ["d\nay\u{1B}[2J"], values: ["1\n  removed  id 7"])
      sample.changes = [RowSample.Change(column: "a\u{2029}", old: "\u{85}", new: "\u{2067}x")]
      #expect(
        sample.text
          == #"d\nay\x1b[2J "1\n  removed  id 7": a\u2029 "\u0085" -> "\u2067x""#)
    }

    @Test("a long value is cut")
    func cut() {
      #expect(RowSample.cut(String(repeating: "ж", count: 200)) == String(repeating: "ж", count: 200))
      #expect(RowSample.cut(String(repeating: "ж", count: 201)) == String(repeating: "ж", count: 200) + "…")
      let sample = RowSample(columns: ["a"], values: [String(repeating: "x", count: 1000)])
      #expect(sample.key[0].value?.count == 201)
    }

    @Test("samples of several portions are those of the first, up to the limit")
    func joined() {
      func samples(_ range: ClosedRange<Int>) -> RowSamples {
        var samples = RowSamples()
        samples.added = range.map { RowSample(columns: ["id"], values: ["\($0)"]) }
        return samples
      }
      var all = samples(1...3)
      all += samples(4...9)
      #expect(all.added.map(\.text) == (1...5).map { "id \($0)" })
    }

    @Test("the statements that show rows of each materialization")
    func statements() throws {
      func samples(_ report: Report, replacesAll: Bool = false) -> String {
        let intervals = Sample.days("2026-01-01")
        let statements = PublishStatements(
          report: report, target: Sample.qualified("sale"), staging: StatementTests.staging,
          columns: StatementTests.columns,
          portion: Portion(spans: Span.spans(of: intervals, batch: 1), replacesAll: replacesAll),
          intervals: intervals, timezone: "Europe/Moscow")
        let samples = DifferenceSamples(statements: statements)
        let changed = report.materialization.uniqueKey.isEmpty ? [] : [samples.changed]
        return ([samples.added] + changed + [samples.removed]).joined(separator: ";\n") + ";\n"
      }
      let append = DifferenceSamples(
        statements: PublishStatements(
          target: Sample.qualified("sale"), staging: StatementTests.staging, columns: ["a", "b"], key: [],
          notNullKey: [], scope: nil, deleteScope: nil))
      let cases = [
        ("incremental with a key", samples(Sample.report(key: ["day", "currency"]))),
        ("incremental without a key", samples(Sample.report())),
        ("table", samples(Sample.report("sale", .table, key: ["currency"]), replacesAll: true)),
        ("merge", samples(Sample.report("sale", .merge, key: ["currency"]))),
        ("everything staged", append.allStaged + ";\n"),
      ]
      try expectGoldenSQL(cases.map { "-- \($0.0)\n\($0.1)" }.joined(separator: "\n"), "engine/samples.sql")
    }
  }
}
