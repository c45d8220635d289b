import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Rows, files and fate of a run are the same whatever the settings of database and roles are.
@Suite struct SessionSettingTests {
  /// Values whose meaning or text depends on a setting, with what they depend on in the name of the column.
  private static let awkward = #"""
    select 1 as id, '2024-07-01 12:00+00'::timestamptz as time_zone, '2024-07-01 12:00 IST'::timestamptz as abbreviation,
      '1/2/3'::date as date_style, '-1 day +02:03:04.5'::interval as interval_style,
      0.1::double precision + 0.2 as float_digits, '\x00ff41'::bytea as bytea_output,
      '{a,NULL}'::text[] as array_nulls, 'a\b' as backslash, E'it\'s' as backslash_quote,
      pg_catalog.quote_ident('plain') as quoted, xmlelement(name a, '\x00ff'::bytea)::text as xml_binary,
      '<a/><b/>'::xml::text as xml_option, 'Чай' as encoding,
      (select pg_catalog.count(*) from src.doc as doc where doc.tags @> array[1]) as gin,
      (select pg_catalog.count(*) from src.doc as doc where doc.note = null) as null_equals,
      (select pg_catalog.count(*) from src.seen as seen) as view
    from pg_catalog.pg_sleep(0)
    """#

  private static let source = """
    create table src.doc (tags int[], note text);
    insert into src.doc select array[1, n], null from generate_series(1, 20000) n;
    create index on src.doc using gin (tags);
    create view src.seen as select * from src.doc limit 3;
    grant select on src.doc, src.seen to reportgen_reader;
    """

  /// Each with a value under which a session that does not fix it gives other rows, or fails.
  private static let settings = [
    ("search_path", "public"), ("TimeZone", "Asia/Tokyo"), ("timezone_abbreviations", "India"),
    ("transform_null_equals", "on"), ("gin_fuzzy_search_limit", "1"), ("array_nulls", "off"),
    ("standard_conforming_strings", "off"), ("backslash_quote", "off"), ("xmloption", "document"),
    ("client_encoding", "LATIN1"), ("DateStyle", "SQL, DMY"), ("IntervalStyle", "iso_8601"),
    ("extra_float_digits", "-15"), ("bytea_output", "escape"), ("xmlbinary", "hex"),
    ("quote_all_identifiers", "on"), ("default_transaction_isolation", "serializable"),
    ("default_transaction_deferrable", "on"), ("exit_on_error", "on"), ("client_min_messages", "debug5"),
    ("restrict_nonsystem_relation_kind", "view"), ("row_security", "on"), ("synchronous_commit", "off"),
  ]

  private static let roles = ["reportgen_reader", "reportgen_writer", "reportgen_owner"]

  /// Publishes the report, and returns its rows and its file.
  private func publish(_ project: EngineProject) async throws -> [String] {
    try await project.database.waitForReplay()
    let outcome = try await project.outcome("sale", RunOptions())
    try #require(outcome.status == .done, "\(outcome.text)")
    let csv = try String(contentsOfFile: project.output + "/sale/latest/sale.csv", encoding: .utf8)
    return [try await project.rows("table reports.sale"), csv]
  }

  private func prepare(_ project: EngineProject) async throws -> [String] {
    try await project.execute(Self.source)
    try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Self.awkward)
    // The GIN index is used although the table is small.
    try await project.execute("alter database \(project.database.name) set enable_seqscan = off")
    return try await publish(project)
  }

  @Test("settings of the database change neither rows nor files")
  func ofDatabase() async throws {
    try await withProject { project in
      let expected = try await prepare(project)
      try #require(expected[0].contains("|20000|0|3"), "\(expected[0])")
      for (name, value) in Self.settings {
        let database = "alter database \(project.database.name)"
        try await project.execute("\(database) set \(name) = '\(value)'")
        #expect(try await publish(project) == expected, "\(name)")
        try await project.execute("\(database) reset \(name)")
      }
    }
  }

  @Test("settings of the roles change neither rows nor files, not even all at once")
  func ofRoles() async throws {
    try await withProject { project in
      let expected = try await prepare(project)
      for role in Self.roles {
        for (name, value) in Self.settings {
          try await project.execute(
            "alter role \(role) in database \(project.database.name) set \(name) = '\(value)'")
        }
      }
      #expect(try await publish(project) == expected)
      let verified = try await project.verify(["sale"])
      #expect(verified.status == .done)
    }
  }

  @Test("no time limit of the database or the roles ends a run")
  func timeouts() async throws {
    try await withProject { project in
      try await project.execute(Self.source)
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"),
        sql: Self.awkward.replacing("pg_sleep(0)", with: "pg_sleep(2)"))
      for name in [
        "statement_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout", "lock_timeout",
      ] {
        try await project.execute("alter database \(project.database.name) set \(name) = '1s'")
      }
      _ = try await publish(project)
    }
  }

  @Test("a locale that differs between the two servers' sessions is refused, and the hint mends it")
  func locale() async throws {
    try await withProject { project in
      _ = try await prepare(project)
      let role = "alter role reportgen_reader in database \(project.database.name)"
      try await project.execute("\(role) set default_text_search_config = 'pg_catalog.russian'")
      try await project.database.waitForReplay()
      let outcome = try await project.outcome("sale", RunOptions())
      #expect(outcome.status == .definition)
      #expect(
        outcome.text == """
          error: replica and primary differ in default_text_search_config
            detail: It is "pg_catalog.russian" for sessions on the replica and "pg_catalog.english" for those on the primary. Nothing was read.
            hint: Set it for the database, on the primary (ALTER DATABASE … SET default_text_search_config = …), and not for one of the roles (ALTER ROLE … RESET default_text_search_config) or servers.
          """)
      try await project.execute("\(role) reset default_text_search_config")
      try await project.execute(
        "alter database \(project.database.name) set default_text_search_config = 'pg_catalog.russian'")
      _ = try await publish(project)
    }
  }

  @Test(
    "a setting of a later version is sent from that version on, one of minor versions to each of their releases"
  )
  func versions() {
    let setting = SessionSetting("x", "", since: [150_008, 160_004, 170_000])
    let known = [150_007, 150_008, 160_003, 160_004, 170_000, 180_001, 140_012].map(setting.isKnown)
    #expect(known == [false, true, false, true, true, true, false])
    #expect(SessionSetting("x", "").isKnown(to: 0))
  }
}
