import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: WorkbookReader.isInstalled, WorkbookReader.hint)) struct WorkbookCommandTests {
  @Test(
    "a run that is killed while it writes a workbook leaves none in its place; the next run writes it whole")
  func killedWorkbook() async throws {
    try await withProject(published: false) { project in
      try project.report(
        "many",
        sql: """
          select n.n, 'note ' || n.n as note, case when n.n = 30000 then shop.gate(1) end as gated
          from pg_catalog.generate_series(1, 30001) as n (n)
          """,
        """
        title: Many
        materialize: {as: table, table: reports.many}
        export: {csv: {}, xlsx: {}}
        """)
      try await project.succeed("init")
      let gate = try await Gate.key(1, on: project.database.replica)
      let run = try project.start(["run", "many"])
      try await gate.waitForRun("advisory")
      // The workbook is half there, under another name.
      try await waitFor("some of the workbook") {
        project.files().keys.contains { $0.contains("/.many.xlsx.partial-") }
      }
      run.signal(SIGKILL)
      _ = try await run.outcome()
      await gate.open()
      #expect(!project.files().keys.contains { $0.hasSuffix("/many.xlsx") })
      try await waitUntil(
        project.database.primary,
        "not exists (select from pg_stat_activity where application_name = 'reportgen' and datname = current_database())"
      )
      let output = try await project.succeed("run", "many")
      #expect(output.hasPrefix("many  confirmed"))
      let path = project.output + "/many/latest/many.xlsx"
      let sheet = try #require(try WorkbookReader(path)["Many"])
      #expect(sheet.filter == "A1:C30002")
      #expect(sheet.row(30_001) == ["A": "30000", "B": "note 30000", "C": "t"])
      try await project.expectNothingLeft()
    }
  }
}
