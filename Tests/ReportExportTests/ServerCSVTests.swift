import ReportExport
import ReportModel
import TestSupport
import Testing

/// What the server itself writes is the oracle, to the byte.
@Suite struct ServerCSVTests {
  static let nastyTable = #"""
    create table public.nasty (id int, "t" text, "a ""quoted"" name" text, "a,b;c" numeric, "=sum(A1)" float8,
      "\N" bytea, "два
    строки" text[], "NULL" json, " tab	" timestamptz, x bool);
    insert into public.nasty (id, t, "a ""quoted"" name") select i, chr(i), 'a' || chr(i) || 'b' || chr(i)
      from generate_series(1, 700) i;
    insert into public.nasty (id, t) select 1000 + i, v from unnest(array['', null, E'\\N', E'\\.', 'NULL', 'N', '\', E'\\\\',
      '"', '""', ',', ';', E'\t', E'\r', E'\n', E'\r\n', E'a\r\nb', ' ', ' a ', E'\\n', E'\\t', 'x', '''', E'\b\f\v', '👩‍👩‍👧 emoji',
      'Ёлка, "ель"', '-1', '=1+1', repeat('long ,"', 30000), repeat('ж', 40000), 'nan', E'\uFEFF', E'\u2028']) with ordinality u(v, i);
    insert into public.nasty (id, "a,b;c", "=sum(A1)", "\N", "два
    строки", "NULL", " tab	", x) values
      (2000, 'NaN', 'Infinity', '\x00ff5c', array['a,b', null, '"', E'\\', '', 'NULL', E'x\ty'], '{"a": "b,\n\"c"}', 'infinity', true),
      (2001, 12345678901234567890.1200, '-Infinity', '', '{}', '[]', '-infinity', false),
      (2002, -0.00, 'NaN', '\x22', null, 'null', '2026-11-22 04:30:12.000001+03', null);
    """#

  struct Options: Sendable, CustomTestStringConvertible {
    var settings = CSVSettings()
    var server = ""
    var testDescription: String { "COPY (FORMAT csv, HEADER\(server))" }
  }

  static let options = [
    Options(),
    Options(settings: CSVSettings(delimiter: ";"), server: ", DELIMITER ';'"),
    Options(settings: CSVSettings(delimiter: "\t"), server: ", DELIMITER E'\\t'"),
    Options(settings: CSVSettings(delimiter: "\\"), server: ", DELIMITER '\\'"),
    Options(settings: CSVSettings(null: "NULL"), server: ", NULL 'NULL'"),
    Options(settings: CSVSettings(null: "N"), server: ", NULL 'N'"),
    Options(settings: CSVSettings(null: "\\N"), server: ", NULL '\\N'"),
    Options(settings: CSVSettings(delimiter: "|", null: "ж"), server: ", DELIMITER '|', NULL 'ж'"),
  ]

  @Test("the CSV of nasty data is byte for byte the server's own")
  func nasty() async throws {
    try await withDatabase { db in
      _ = try psql(db.primary, Self.nastyTable)
      try compare(db.primary, "select * from public.nasty order by id")
    }
  }

  @Test("the CSV of a single column is byte for byte the server's own, also where a value is \\.")
  func singleColumn() async throws {
    try await withDatabase { db in
      let values =
        "(values ('\\.'), (''), (null), ('\\N'), ('a'), ('\\.a'), ('NULL'), ('ж'), (E'\\n')) v(\"\\.\")"
      try compare(db.primary, "select * from \(values)")
      try compare(db.primary, "select 1 as \"NULL\" where false")
    }
  }

  private func compare(_ conninfo: String, _ query: String) throws {
    let columns = try columnNames(conninfo, query)
    let rows = try copy(conninfo, query, "")
    for option in Self.options {
      let expected = try copy(conninfo, query, " (format csv, header\(option.server))")
      let found = try csv(rows, columns, option.settings)
      #expect(found.utf8.elementsEqual(expected.utf8), "\(option.testDescription) \(query)")
    }
  }

  /// `psql` drops the last line feed.
  private func copy(_ conninfo: String, _ query: String, _ options: String) throws -> String {
    let text = try psql(conninfo, "copy (\(query)) to stdout\(options)")
    return text.isEmpty ? text : text + "\n"
  }

  private func columnNames(_ conninfo: String, _ query: String) throws -> [String] {
    _ = try psql(conninfo, "drop view if exists public.q; create view public.q as \(query)")
    let names = try psql(
      conninfo,
      "select string_agg(attname, E'\\x01' order by attnum) from pg_attribute where attrelid = 'public.q'::regclass"
    )
    return names.split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
  }
}
