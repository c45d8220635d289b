import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Runs that publish nothing: `--dry-run`, and parameters other than the defaults.
@Suite struct DryRunTests {
  @Test("a dry run counts what a run would change, and changes neither table nor files nor intervals")
  func counts() async throws {
    for kind in ["incremental", "merge"] {
      try await withProject { project in
        try await project.execute(MaterializationTests.sales)
        try await project.define("sale", Definition.daily("unique_key: [id]", kind: kind))
        let dry = RunOptions(dates: Definition.range("2024-01-01", "2024-01-04"), dryRun: true)
        let first = try await project.outcome("sale", dry)
        #expect(first.state == .dryRun)
        #expect(first.counted == "5 +5 ~0 -0 =0")
        #expect(try await project.count("select from pg_tables where schemaname = 'reports'") == 0)
        #expect(try await project.intervals("sale") == "")
        #expect(try Files(project.output).names == [])

        try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
        let (rows, files) = (try await project.versions(of: "reports.sale"), try Files(project.output))
        let intervals = try await project.rows("table reportgen.interval")
        try await project.execute(
          """
          update src.sale set amount = 1.00 where id = 1;
          delete from src.sale where id = 4;
          insert into src.sale (id, day, currency, amount) values (6, '2024-01-02', 'EUR', 6)
          """)
        let second = try await project.outcome("sale", dry)
        #expect(second.counted == "5 +1 ~1 -\(kind == "merge" ? 0 : 1) =3")
        #expect(second.status == .done)
        #expect(try await project.versions(of: "reports.sale") == rows)
        #expect(try await project.rows("table reportgen.interval") == intervals)
        #expect(try Files(project.output) == files)
        let real = try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
        #expect(real.counted == second.counted)
      }
    }
  }

  @Test("a dry run of files alone, of a view or of a failing check leaves nothing either")
  func others() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define(
        "files", "period: day\nstart: 2024-01-01\nmaterialize: {as: none}\nexport: {csv: {}}")
      try await project.define("view", "materialize: {as: view, table: reports.v}", sql: "select 1 as one")
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", rest: "checks: [{not_null: [currency]}]"))
      let dry = RunOptions(dates: Definition.day("2024-01-02"), dryRun: true)
      let files = try await project.outcome("files", dry)
      #expect(files.state == .dryRun)
      #expect(files.counts.read == 1)
      let view = try await project.outcome("view", RunOptions(dryRun: true))
      #expect(view.state == .dryRun)
      let failing = try await project.outcome("sale", dry)
      #expect(failing.status == .failed)
      #expect(failing.text.contains("check not_null of \"currency\" failed for 1 row"))
      #expect(try await project.count("table reportgen.interval") == 0)
      #expect(
        try await project.count("select from pg_class where relnamespace = 'reports'::regnamespace") == 0)
      #expect(try Files(project.output).names == [])
    }
  }

  static let parameters = """
    parameters:
      currency: {type: text, default: RUB}
      ids: {type: "integer[]", default: [1, 2, 3, 4, 5]}
    """

  static let sql = """
    select sale.id, sale.day, sale.currency, sale.amount
    from src.sale as sale
    where sale.day >= :start and sale.day < :end
      and sale.currency = :currency and sale.id = any (:ids)
    """

  @Test(
    "parameters other than the defaults export to a folder that names them, and publish nothing",
    arguments: ["incremental", "none"])
  func parameters(_ kind: String) async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      let table = kind == "none" ? "" : ", table: reports.sale, time_column: day, unique_key: [id]"
      try await project.define(
        "sale",
        """
        period: day
        start: 2024-01-01
        materialize: {as: \(kind)\(table)}
        export: {csv: {}, html: {}}
        \(Self.parameters)
        """, sql: Self.sql)
      try await project.publish("sale", Definition.day("2024-01-01"))
      let intervals = try await project.rows("table reportgen.interval")
      let before = try Files(project.output)
      let outcome = try await project.outcome(
        "sale",
        RunOptions(
          dates: Definition.day("2024-01-01"),
          parameters: ["currency": .scalar("USD"), "ids": .list(["2", "3"])]))
      #expect(outcome.text == "")
      #expect(outcome.status == .done)
      #expect(outcome.state == .exported)
      let folder = "2024-01-01+currency=USD+ids=2-3-"
      let csv = try #require(outcome.files.first { $0.hasSuffix(".csv") })
      #expect(csv.hasPrefix("out/sale/\(folder)"))
      #expect(
        try String(contentsOfFile: project.directory + "/" + csv, encoding: .utf8)
          == "id,day,currency,amount\n2,2024-01-01,USD,2.50\n")
      let after = try Files(project.output)
      #expect(after.names.filter { !$0.contains("+") } == before.names)
      #expect(try await project.rows("table reportgen.interval") == intervals)
      if kind != "none" { #expect(try await project.rows("select id from reports.sale") == "1") }
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: project.output + "/sale/latest")
      #expect(link == "2024-01-01")
    }
  }

  @Test("a failed check of such a run leaves no file")
  func parametersFailing() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", rest: Self.parameters + "\nchecks: [{rows: {min: 1}}]"),
        sql: Self.sql)
      let outcome = try await project.outcome(
        "sale",
        RunOptions(dates: Definition.day("2024-01-01"), parameters: ["currency": .scalar("XXX")]))
      #expect(outcome.status == .failed)
      #expect(try Files(project.output).names == [])
    }
  }
}
