import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Privileges on summary tables follow the definition, also while nothing else is to be done.
@Suite struct GrantTests {
  private func define(_ project: EngineProject, grants: String, kind: String = "incremental") async throws {
    try await project.define(
      "sale", Definition.daily("unique_key: [id], grants: {\(grants)}", kind: kind, start: project.day(-2)))
  }

  private func may(_ project: EngineProject, _ role: String, _ privilege: String) async throws -> Bool {
    try await project.rows("select has_table_privilege('\(role)', 'reports.sale', '\(privilege)')") == "t"
  }

  private func recorded(_ project: EngineProject) async throws -> String {
    try await project.rows(
      "select role, privilege from reportgen.privilege where table_name = 'sale' order by 1, 2")
  }

  @Test("grants that were added or lost are given, and a role that left loses what reportgen gave it")
  func follow() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 2)
      try await define(project, grants: "select: [superset]")
      try await project.publish("sale")
      #expect(try await recorded(project) == "superset|select")
      #expect(try await may(project, "superset", "select"))

      try await define(project, grants: "select: [superset], insert: [superset]")
      let plan = try #require(try await project.plan(["sale"]).reports.first)
      #expect(plan.grants == ["GRANT insert ON \"reports\".\"sale\" TO \"superset\""])
      let added = try await project.publish("sale")
      #expect(added.state == .upToDate)
      #expect(added.grants == plan.grants)
      #expect(
        RunSummary.text(added)
          == "sale  up to date\n  grants  GRANT insert ON \"reports\".\"sale\" TO \"superset\"\n")
      #expect(try await may(project, "superset", "insert"))

      try await project.execute("revoke select on reports.sale from superset")
      #expect(
        try await project.publish("sale").grants == ["GRANT select ON \"reports\".\"sale\" TO \"superset\""])

      // What others granted stays.
      try await project.execute("grant delete on reports.sale to superset")
      try await define(project, grants: "select: [superset]")
      let lost = try await project.publish("sale")
      #expect(lost.grants == ["REVOKE insert ON \"reports\".\"sale\" FROM \"superset\""])
      #expect(try await !may(project, "superset", "insert"))
      #expect(try await may(project, "superset", "delete"))
      try await define(project, grants: "")
      try await project.publish("sale")
      #expect(try await !may(project, "superset", "select"))
      #expect(try await recorded(project) == "")
      #expect(try await project.publish("sale").grants == [])
    }
  }

  @Test("a privilege that somebody else gave is not taken when it leaves the definition")
  func others() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 2)
      try await define(project, grants: "")
      try await project.publish("sale")
      try await project.execute("grant select on reports.sale to superset")
      try await define(project, grants: "select: [superset]")
      #expect(try await project.publish("sale").grants == [])
      try await define(project, grants: "")
      #expect(try await project.publish("sale").grants == [])
      #expect(try await may(project, "superset", "select"))
    }
  }

  @Test("USAGE on the schema is granted, or asked for with the statement")
  func usage() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 2)
      try await define(project, grants: "select: [superset]")
      try await project.execute("revoke usage on schema reports from superset")
      let first = try await project.publish("sale")
      #expect(first.grants == ["GRANT USAGE ON SCHEMA \"reports\" TO \"superset\""])
      try await project.execute(
        """
        revoke usage on schema reports from superset;
        alter schema reports owner to postgres;
        grant all on schema reports to reportgen_owner
        """)
      let outcome = try await project.run("sale")
      #expect(outcome.status == .done && outcome.grants == [])
      #expect(
        outcome.text == """
          reports/sale.yaml: warning: "superset" cannot read reports.sale: it has no USAGE on schema "reports"
            detail: A privilege on a table counts only together with that on its schema.
            hint: Run on the primary, as the schema's owner: GRANT USAGE ON SCHEMA "reports" TO "superset";
          """)
      let plan = try #require(try await project.plan(["sale"]).reports.first)
      #expect(plan.diagnostics.map(\.description).joined() == outcome.text)
    }
  }

  @Test("a view's privileges follow as well; a role that does not exist is named, and the rows are published")
  func views() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 2)
      try await define(project, grants: "")
      try await project.publish("sale")
      func view(_ grants: String) -> String {
        "materialize: {as: view, table: reports.seen, grants: {\(grants)}}\nexport: {}"
      }
      let sql = "select sale.id from reports.sale as sale"
      try await project.define("seen", view("select: [superset]"), sql: sql)
      #expect(try await project.publish("seen").grants == [])
      let privilege = "select has_table_privilege('superset', 'reports.seen', 'select')"
      #expect(try await project.rows(privilege) == "t")
      try await project.define("seen", view("insert: [superset]"), sql: sql)
      #expect(
        try await project.publish("seen").grants == [
          "GRANT insert ON \"reports\".\"seen\" TO \"superset\"",
          "REVOKE select ON \"reports\".\"seen\" FROM \"superset\"",
        ])
      #expect(try await project.rows(privilege) == "f")

      try await define(project, grants: "select: [nobody_at_all, superset]")
      try await project.execute("insert into src.sale (id, day, amount) values (7, '\(project.day(-1))', 1)")
      let says = """
        reports/sale.yaml: error: role "nobody_at_all" does not exist
          hint: Create the role or take it out of materialize.grants.
        """
      let options = RunOptions(dates: .day(project.day(-1)))
      let plan = try await project.plan(["sale"], options)
      #expect(plan.status == .definition && plan.reports.first?.diagnostics.map(\.description) == [says])
      let outcome = try await project.run("sale", .day(project.day(-1)))
      #expect(outcome.status == .definition && outcome.text == says)
      // The other role has its privilege.
      #expect(outcome.grants == plan.reports.first?.grants && outcome.grants.count == 1)
      #expect(
        try await project.rows("select has_table_privilege('superset', 'reports.sale', 'select')") == "t")
      #expect(try await project.count("select from reports.sale where id = 7") == 1)
    }
  }
}
