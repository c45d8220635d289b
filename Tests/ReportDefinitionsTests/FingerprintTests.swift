import Foundation
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

  // MARK: What the ledger keeps

  /// The fingerprint that SQL and keys of a definition have when they come back from the ledger's JSON.
  func stored(_ report: Report) throws -> String? {
    let json = try JSONEncoder().encode(DefinitionKeys(report))
    let keys = try JSONDecoder().decode(DefinitionKeys.self, from: json)
    return StoredDefinitions.fingerprints(of: [(report.query.text, keys)]).first ?? nil
  }

  static let definitions: [(sql: String, yaml: String)] = [
    (sql, yaml),
    (sql + " -- end\n;", yaml),
    ("select 'Выручка 🙂' as \"Day\", null::int as amount from s.p", "title: x\nmaterialize: {as: none}"),
    (
      "select a, a + :d as b, c from s.p where a = any (:e) and f < :f and g is not distinct from :g",
      #"""
      title: x
      parameters:
        d: {type: integer, default: -5}
        e: {type: "text[]", default: [a, "b'c", 'd\']}
        f: {type: timestamptz, default: 2024-01-01T00:00:00+03}
        g: {type: text, default: null}
      materialize: {as: table, table: 'reports."Ünï ""x y"', unique_key: [a, c]}
      columns: {a: {type: TIMESTAMP (3) with time zone}, c: {type: "s.kind[]"}, b: {title: no type}}
      """#
    ),
    (
      "select day, k from s.p where day >= :start and day < :end",
      """
      title: x
      period: month
      start: 2024-01-01
      materialize: {as: merge, table: reports.m, unique_key: [k], time_column: day, delete: interval}
      """
    ),
  ]

  @Test(
    "a definition that is stored in the ledger and read back has the same fingerprint", arguments: definitions
  )
  func survivesTheLedger(_ sql: String, _ yaml: String) throws {
    let report = try Sample.report(sql: sql, yaml: yaml)
    #expect(try stored(report) == report.fingerprint)
  }

  @Test("a text that the parser rejects has no fingerprint; other definitions still get theirs")
  func unreadable() throws {
    let report = try Sample.report(sql: Self.sql, yaml: Self.yaml)
    let keys = DefinitionKeys(report)
    var odd = keys
    odd.types["amount"] = "no type at all"
    let found = StoredDefinitions.fingerprints(of: [
      ("select from where", keys), (report.query.text, keys), (report.query.text, odd), ("", keys),
    ])
    #expect(found == [nil, report.fingerprint, nil, nil])
    #expect(StoredDefinitions.fingerprints(of: []) == [])
  }

  @Test("the project's time zone is a part of the meaning of a report with a period, and of no other")
  func timezone() throws {
    func fingerprint(_ timezone: String, _ yaml: String) throws -> String {
      let loaded = try Sample.project(sql: Self.sql, yaml: yaml).load(timezone: timezone)
      return try #require(loaded.value.first).fingerprint
    }
    #expect(try fingerprint("Asia/Tokyo", Self.yaml) != fingerprint("Europe/Moscow", Self.yaml))
    #expect(try fingerprint("UTC", Self.yaml) == self.fingerprint())
    let report = try Sample.report(sql: Self.sql, yaml: Self.yaml)
    #expect(DefinitionKeys(report).timezone == "UTC")
    var whole = report
    whole.period = .none
    #expect(DefinitionKeys(whole).timezone == nil)
  }

  @Test("the search path is a part of every report's meaning, in its order; none changes no fingerprint")
  func searchPath() throws {
    let project = try Sample.project(sql: Self.sql, yaml: Self.yaml)
    let paths = [[], ["public"], ["ext"], ["public", "ext"], ["ext", "public"], ["public,ext"]]
    let found = try paths.map { path in
      let report = try #require(project.load(searchPath: path).value.first)
      #expect(try stored(report) == report.fingerprint)
      #expect(DefinitionKeys(report).searchPath == path)
      return report.fingerprint
    }
    #expect(Set(found).count == paths.count)
    // As older versions stored it.
    var keys = DefinitionKeys(try Sample.report(sql: Self.sql, yaml: Self.yaml))
    keys.searchPath = nil
    #expect(StoredDefinitions.fingerprints(of: [(Self.sql, keys)]) == [found[0]])
  }

  @Test(
    "a bound or a parameter takes its type from what it is compared with, or from a cast to a time",
    arguments: [
      ("day >= :start and day < :end", "start end"), ("day between :start and :end", "start end"),
      (":start <= day and not day > :end", "start end"), ("day::date = :start and :end is null", "start"),
      ("day >= :start::timestamptz and day < cast(:end as date)", "start end"),
      ("day >= :start + 1 and day < :end - interval '1 day'", ""), (":start < :end and :start = 'x'", ""),
      ("day in (:start, :end)", ""), ("day::text = :start::text and f(:end)", ""),
      ("coalesce(day, now()) operator(pg_catalog.>=) :start and f(day) < (:end)", "start end"),
    ])
  func adapting(_ condition: String, _ expected: String) throws {
    let report = try Sample.report(
      sql: "select p.day, p.amount from s.p as p where \(condition) and p.day <> :start and p.day <> :end",
      yaml: Sample.yaml)
    let found = report.query.references.dropLast(2).filter(\.adapts).map(\.name).joined(separator: " ")
    #expect(found == expected)
  }

  @Test("the fingerprint of a definition is the same in every version")
  func stable() throws {
    #expect(try fingerprint() == "424c81f704ceabbb51a06396bdc299ffcfa9c01e04ae2d349d39d1c469906aaf")
  }
}
