import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct FingerprintTests {
  static let yaml = """
    title: Sales
    period: day
    start: 2024-01-01
    parameters: {region: {type: text, default: RU}, other: {type: text, default: RU}}
    materialize: {as: incremental, table: reports.sales, time_column: day}
    columns: {amount: {type: "numeric(14,2)"}}
    """
  static let sql =
    "select day, amount from s.p where day >= :start and day < :end and r in (:region, 'x', :other)"

  func fingerprint(_ sql: String = sql, _ yaml: String = yaml) throws -> String {
    try Sample.report(sql: sql, yaml: yaml).fingerprint
  }

  @Test(
    "white space, comments and letters that SQL folds change no fingerprint",
    arguments: [
      "-- new\n" + sql + " -- end", sql.replacing(" ", with: "\n  "),
      sql.replacing("select day", with: "SELECT Day"),
      sql + ";", sql.replacing("from", with: "/* : a */ from"),
    ])
  func unchangedBySQL(_ changed: String) throws { #expect(try fingerprint(changed) == fingerprint()) }

  @Test(
    "what changes no row changes no fingerprint",
    arguments: [
      yaml.replacing("title: Sales", with: "title: Other"), yaml + "\nchecks: [{not_null: [day]}]",
      yaml.replacing("numeric(14,2)", with: "NUMERIC ( 14, 2 )"), yaml + "\nexport: {}",
      yaml.replacing("2024-01-01", with: "2023-01-01"),
    ])
  func unchangedByMetadata(_ changed: String) throws {
    #expect(try fingerprint(Self.sql, changed) == fingerprint())
  }

  @Test(
    "what changes rows changes the fingerprint",
    arguments: [
      (sql.replacing("'x'", with: "'y'"), yaml),
      (sql.replacing("amount", with: "amount + 0 as amount"), yaml),
      (sql.replacing("(:region, 'x', :other)", with: "(:other, 'x', :region)"), yaml),
      (sql.replacing("<", with: "<="), yaml), (sql.replacing("'x'", with: "'X'"), yaml),
      (sql, yaml.replacing("default: RU}}", with: "default: KZ}}")),
      (sql, yaml.replacing("14,2", with: "14,3")),
      (sql, yaml.replacing("reports.sales", with: "reports.other")),
      (sql, yaml.replacing("period: day", with: "period: week")),
      (sql, yaml.replacing("as: incremental", with: "as: append")),
      (sql, yaml.replacing("time_column: day", with: "time_column: day, unique_key: [day]")),
    ])
  func changed(_ sql: String, _ yaml: String) throws {
    #expect(try fingerprint(sql, yaml) != fingerprint())
    #expect(try fingerprint(sql, yaml).count == 64)
  }
}
