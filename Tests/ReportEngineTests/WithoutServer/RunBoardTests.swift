import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// What a terminal shows of a run that goes on.
  @Suite struct RunBoardTests {
    static func board(_ events: [(Double, RunEvent)]) -> RunBoard {
      var board = RunBoard(at: 0)
      for (seconds, event) in events { board.apply(event, at: seconds) }
      return board
    }

    static func ended(_ name: String) -> RunEvent {
      .ended(ReportOutcome(report: Sample.report(name), state: .confirmed))
    }

    static let oneReport: [(Double, RunEvent)] = [
      (0, .planned(["sales-daily": 3])), (0, .step(report: "sales-daily", step: "lock")),
      (1, .step(report: "sales-daily", step: "read")), (3, .rows(report: "sales-daily", count: 8000)),
    ]

    @Test("one report at work is one line: its step, its reads, its rows so far, their rate, its time")
    func oneLine() {
      #expect(Self.board([]).lines(at: 1, columns: 80, rows: 24) == [])
      let lock = Self.board(Array(Self.oneReport[..<2]))
      #expect(lock.lines(at: 1, columns: 80, rows: 24) == ["sales-daily  lock     0:01"])
      #expect(
        Self.board(Self.oneReport).lines(at: 3, columns: 80, rows: 24)
          == ["sales-daily  read     1 of 3      8,000 rows  4,000 rows/s  0:03"])
    }

    @Test("rows of several reads add up; the rate is that of the current one")
    func severalReads() {
      let board = Self.board(
        Self.oneReport + [
          (3, .step(report: "sales-daily", step: "read")), (5, .rows(report: "sales-daily", count: 1)),
        ])
      #expect(
        board.lines(at: 7, columns: 80, rows: 24)
          == ["sales-daily  read     2 of 3      8,001 rows     0 rows/s  0:07"]
      )
    }

    @Test(
      "reports at work side by side have a line each, in the order in which they began, and a total below")
    func sideBySide() {
      let board = Self.board([
        (0, .planned(["b": 1, "a-long-name": 1, "c": 1, "idle": 0])), (0, .step(report: "b", step: "read")),
        (1, .step(report: "a-long-name", step: "read")), (2, .rows(report: "b", count: 1)),
        (2, .rows(report: "a-long-name", count: 2_500_000)), (3, .step(report: "c", step: "read")),
        (3, .waiting(report: "b")), (4, Self.ended("c")),
      ])
      #expect(
        board.lines(at: 65, columns: 80, rows: 24) == [
          "a-long-name  read     2,500,000 rows   39k rows/s  1:04",
          "1 of 3 reports done  1:05",
        ])
    }

    @Test("what waits, or has ended, has no line; a retry begins to count anew")
    func notAtWork() {
      var board = Self.board(Self.oneReport)
      board.apply(.waiting(report: "sales-daily"), at: 4)
      #expect(board.lines(at: 5, columns: 80, rows: 24) == [])
      board.apply(
        .retrying(report: "sales-daily", because: Diagnostic("lost"), afterMilliseconds: 200), at: 5)
      board.apply(.step(report: "sales-daily", step: "read"), at: 6)
      #expect(board.lines(at: 6, columns: 80, rows: 24) == ["sales-daily  read     2 of 3  0:06"])
      board.apply(Self.ended("sales-daily"), at: 7)
      #expect(board.lines(at: 7, columns: 80, rows: 24) == [])
    }

    @Test("no line ever reaches the terminal's last column, and never are there more than it has rows")
    func size() {
      let names = (0..<30).map { "report-\($0)-" + String(repeating: "x", count: $0) }
      var board = RunBoard(at: 0)
      board.apply(.planned(Dictionary(uniqueKeysWithValues: names.map { ($0, 2) })), at: 0)
      for name in names {
        board.apply(.step(report: name, step: "read"), at: 0)
        board.apply(.rows(report: name, count: .max / 2), at: 1)
      }
      for columns in [0, 1, 2, 20, 80, 200] {
        for rows in [1, 2, 3, 10, 100] {
          let lines = board.lines(at: 4000, columns: columns, rows: rows)
          #expect(lines.allSatisfy { $0.count < max(columns, 1) })
          #expect(lines.count <= max(rows, 2), "\(rows)")
          #expect(lines.count == min(31, max(rows - 1, 2)))
        }
      }
      #expect(
        board.lines(at: 4000, columns: 80, rows: 10).last == "0 of 30 reports done, 22 more active  1:06:40")
    }

    @Test(
      "times and rates are short",
      arguments: [
        (0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (-1, "0:00"),
      ])
    func elapsed(_ seconds: Double, _ text: String) { #expect(RunBoard.elapsed(seconds) == text) }

    @Test(
      "a rate has the digits that matter",
      arguments: [
        (0, "0"), (0.4, "0"), (999.6, "1,000"), (9999, "9,999"), (10_000, "10k"), (412_345, "412k"),
        (999_499, "999k"), (1_000_000, "1.0M"), (1_949_999, "1.9M"), (12_345_678, "12.3M"),
      ])
    func rate(_ perSecond: Double, _ text: String) { #expect(RunBoard.rate(perSecond) == text) }
  }
}
