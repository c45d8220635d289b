import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What a process that died has left on the primary.
@Suite struct TidyTests {
  @Test("rows in the staging table of a report that is up to date are gone after the next run")
  func staging() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily(kind: "append", start: project.day(-3)))
      for day in 1...3 {
        try await project.execute("insert into src.sale (id, day) values (\(day), '\(project.day(-day))')")
      }
      try await project.publish("sale")
      // As after a SIGKILL between COMMIT and DELETE.
      try await project.execute(
        "create unlogged table if not exists reportgen_staging.sale as table reports.sale; alter table reportgen_staging.sale owner to reportgen_owner"
      )
      let outcome = try await project.run("sale")
      #expect(outcome.state == .upToDate, "\(outcome.text)")
      #expect(try await project.count("select from reportgen_staging.sale") == 0)
    }
  }
}
