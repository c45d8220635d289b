import Foundation
import ReportDefinitions
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// The end of a report: what it left is shown, and removed when somebody says so.
@Suite struct RetirementTests {
  /// `old` is published with files, and its definition is gone; `sale` stays.
  private func setTheScene(_ project: EngineProject) async throws {
    try await project.sellDaily(since: 3)
    try await project.define("sale", Definition.daily(start: project.day(-3)))
    try await project.publish("sale")
    try await project.define(
      "old",
      Definition.daily("grants: {select: [superset]}", start: project.day(-3)).replacing(
        "reports.sale", with: "reports.old"))
    try await project.publish("old")
    try await project.publish("old", .day(project.day(-1)))
    for kind in ["yaml", "sql"] {
      try FileManager.default.removeItem(atPath: project.directory + "/reports/old.\(kind)")
    }
  }

  private func retirement(_ project: EngineProject) throws -> Retirement {
    Retirement(
      servers: project.servers, output: project.exportRoot, graph: DependencyGraph(try project.reports()))
  }

  private func inLedger(_ project: EngineProject, _ name: String) async throws -> String {
    try await project.rows(
      ["interval", "export", "report_run", "outcome", "relation"].map {
        "select '\($0)', count(*) > 0 from reportgen.\($0) where report = '\(name)'"
      }.joined(separator: " union all "))
  }

  @Test("files, staging tables and the ledger's rows go, the table stays; what has a definition stays whole")
  func retire() async throws {
    try await withProject { project in
      try await setTheScene(project)
      let before = try await project.everythingOfOurs()
      let found = try await retirement(project).examine("old", dropsTable: false)
      #expect(found.orphan.intervals == 3 && found.folders == 3)
      #expect(found.orphan.staging.map(\.name.description) == ["reportgen_staging.old"])
      #expect(found.keptRelations.map(\.relation.name.description) == ["reports.old"])
      #expect(try await project.everythingOfOurs() == before)

      let sale = try await inLedger(project, "sale")
      let retired = try await retirement(project).retire("old", dropsTable: false)
      #expect(retired.leftFolders == [])
      #expect(
        try await inLedger(project, "old")
          == "interval|f\nexport|f\nreport_run|f\noutcome|f\nrelation|f")
      #expect(try await inLedger(project, "sale") == sale)
      #expect(!FileManager.default.fileExists(atPath: project.output + "/old"))
      #expect(FileManager.default.fileExists(atPath: project.output + "/sale/\(project.day(-1))"))
      #expect(try await project.count("select from reports.old") == 3)
      #expect(
        try await project.count(
          "select from pg_tables where tablename = 'old' and schemaname = 'reportgen_staging'") == 0)
      #expect(try await project.count("select from reportgen.privilege") == 0)
      #expect(try await project.count("select from reportgen.report_health where report = 'old'") == 0)
      await expectRefused(
        project, "old",
        """
        error: the ledger has no report "old"
          detail: Nothing was changed.
          hint: Every report in it has a definition.
        """)
    }
  }

  @Test("the table is dropped where somebody says so; one that another report publishes to is not")
  func drop() async throws {
    try await withProject { project in
      try await setTheScene(project)
      #expect(try await retirement(project).retire("old", dropsTable: true).droppedRelations.count == 1)
      #expect(try await project.count("select from pg_tables where tablename = 'old'") == 0)

      // The same table under another report's name.
      for kind in ["yaml", "sql"] {
        try FileManager.default.removeItem(atPath: project.directory + "/reports/sale.\(kind)")
      }
      try await project.define("sold", Definition.daily(start: project.day(-3)))
      let kept = try await retirement(project).retire("sale", dropsTable: true)
      #expect(kept.keptRelations.first?.maker == "sold")
      #expect(try await project.count("select from reports.sale") == 3)
    }
  }

  @Test("a report with a definition, and one that a run works on, are not retired")
  func refused() async throws {
    try await withProject { project in
      try await setTheScene(project)
      await expectRefused(
        project, "sale",
        """
        error: "sale" has a definition
          detail: Nothing was changed.
          hint: Delete reports/sale.yaml and reports/sale.sql first, and their test.
        """)
      await expectRefused(
        project, "odl",
        """
        error: the ledger has no report "odl"
          detail: Nothing was changed.
          hint: Did you mean "old"?
        """)
      let key = String(LockKey.of(table: QualifiedName(schema: "reports", name: "old")))
      _ = try await project.admin.query("select pg_advisory_lock($1)", [key])
      await expectRefused(
        project, "old",
        """
        error: "old" is already being run
          detail: Nothing was changed.
          hint: Run again later.
        """)
      _ = try await project.admin.query("select pg_advisory_unlock($1)", [key])
      #expect(try await project.count("select from reports.old") == 3)
    }
  }

  @Test("status and doctor name what has no definition")
  func named() async throws {
    try await withProject { project in
      try await setTheScene(project)
      let ledger = LedgerReport(servers: project.servers, fingerprints: StoredDefinitions.fingerprints)
      #expect(
        try await ledger.orphanWarning(try project.reports())?.description == """
          warning: the ledger has 1 report without a definition: "old"
            hint: "reportgen retire old" shows what there is of it, unless another project has its definition.
          """)
      let findings = try await DoctorEngine(
        environment: Project.Environment(name: "test", owner: "reportgen_owner"), servers: project.servers,
        output: project.exportRoot, configuration: [], graph: DependencyGraph(try project.reports())
      ) { _ in (nil, "") }.examine()
      #expect(
        findings.filter { $0.area == .reports }.map(\.fact) == ["is in the ledger and has no definition"])
    }
  }

  private func expectRefused(
    _ project: EngineProject, _ name: String, _ text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    do {
      _ = try await retirement(project).retire(name, dropsTable: true)
      Issue.record("\(name) was retired", sourceLocation: sourceLocation)
    } catch {
      #expect((error as? RunError)?.diagnostic.description == text, sourceLocation: sourceLocation)
    }
  }
}
