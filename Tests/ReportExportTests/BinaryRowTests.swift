import PostgresClient
import ReportExport
import ReportModel
import TestSupport
import Testing

/// Compares with the server's own text format, byte by byte.
@Suite struct BinaryRowTests {
  /// For each type a thousand values of different lengths, and the least and greatest values.
  static let values: [(type: String, query: String)] = [
    ("boolean", "select v from (values (true), (false), (null)) t(v)"),
    ("smallint", "select v::smallint from unnest(array[-32768, -1, 0, 1, 9, 10, 32767, null]) v"),
    ("integer", "select v::integer from unnest(array[-2147483648, -10, 0, 99, 100, 2147483647, null]) v"),
    ("integer", "select (random() * 10 ^ (i % 9) - 5)::integer from generate_series(1, 1000) i"),
    (
      "bigint",
      "select v from unnest(array[-9223372036854775808, -1, 0, 999999999999, 9223372036854775807, null]) v"
    ),
    ("bigint", "select (random() * 10 ^ (i % 18) - 5)::bigint from generate_series(1, 1000) i"),
    (
      "numeric",
      """
      select v::numeric from unnest(array['NaN', 'Infinity', '-Infinity', '0', '0.0000', '-0.00', '1', '-1', '10000',
        '10000.0001', '0.0001', '0.00001', '1e-20', '1e20', '123456789012345678901234567890.1234567890', '100000000',
        '-99999999.99999', '5.50', '1e-1000', '1e1000', '0.10000', '40000.00005', null]) v
      """
    ),
    (
      "numeric",
      """
      select ((random() - 0.5) * 10 ^ (i % 40 - 20))::numeric * (1 + (random() * 1e9)::int) + (i % 3) * 10::numeric ^ (i % 30)
      from generate_series(1, 1000) i
      """
    ),
    ("numeric(12,2)", "select ((random() - 0.5) * 1e8)::numeric(12,2) from generate_series(1, 1000) i"),
    (
      "text",
      #"""
      select v from unnest(array['', null, ' ', 'a', E'\t', E'\n', E'\r', E'\b\f\v', '\', '\N', '\.', E'a\tb\\c\nd', 'Ёлка',
        '👩‍👩‍👧', E'\u2028', repeat('long\', 30000), repeat('ж', 40000)]) v
      """#
    ),
    ("text", "select chr(i) || 'x' || chr(i) || chr(i) from generate_series(1, 700) i"),
    ("character varying(3)", "select left(i::text, 3)::varchar(3) from generate_series(1, 50) i"),
    ("character(5)", "select v::char(5) from unnest(array['a', 'abcde', '', null]) v"),
    (
      "date",
      """
      select v::date from unnest(array['infinity', '-infinity', '4713-01-01 BC', '0001-12-31 BC', '0001-01-01',
        '1999-12-31', '2000-01-01', '2024-02-29', '9999-12-31', '10000-01-01', '5874897-12-31', null]) v
      """
    ),
    ("date", "select date '1900-01-01' + 37 * i from generate_series(1, 2000) i"),
    (
      "timestamp without time zone",
      """
      select v::timestamp from unnest(array['infinity', '-infinity', '4713-01-01 00:00:00 BC',
        '0044-03-15 23:59:59.999999 BC', '1999-12-31 23:59:59.9', '2000-01-01', '2026-11-22 04:30:12.000001',
        '294276-12-31 23:59:59.999999', null]) v
      """
    ),
    (
      "timestamp(3) without time zone",
      "select (timestamp '1960-01-01' + i * interval '61 days 3 hours 7.123 seconds')::timestamp(3) from generate_series(1, 1000) i"
    ),
    ("uuid", "select gen_random_uuid() from generate_series(1, 100)"),
    (
      "bytea",
      """
      select v from unnest(array[''::bytea, null, '\\x00', '\\x22', '\\xff', '\\x0d0a2c5c', sha256('a'),
        convert_to(repeat('long', 10000), 'UTF8'), convert_to(repeat('longer', 100000), 'UTF8')]) v
      """
    ),
    (
      "json",
      #"""
      select v::json from unnest(array['{"a": "b,\n\"c"}', '[]', 'null', ' 1 ', '"Ёлка"', null]) v
      union all select to_json(repeat('long, ', 20000))
      """#
    ),
    (
      "jsonb",
      #"""
      select v::jsonb from unnest(array['{"b": 1, "a": "b,\n\"c"}', '[]', 'null', '1.50', '"Ёлка"', null]) v
      union all select to_jsonb(repeat('long, ', 20000))
      """#
    ),
  ]

  @Test("moments that no server has are text or an error, and never a trap")
  func impossible() throws {
    let values: [Int64] = [.min + 1, .min + 256, .max - 1, .max - 86_400_000_000]
    for value in values {
      var encoder = try CSVEncoder(
        settings: CSVSettings(), columns: [CSVEncoder.Column(name: "t", kind: .other)],
        source: .binary([.timestamp]))
      let sink = ByteCollector()
      try encoder.encode([0, 1, 0, 0, 0, 8] + withUnsafeBytes(of: value.bigEndian, Array.init), into: sink)
      #expect(String(decoding: sink.bytes, as: UTF8.self).hasSuffix(value < 0 ? " BC\n" : "\n"))
    }
  }

  @Test("binary values are converted to the server's text", arguments: values.indices)
  func textOfValues(_ index: Int) async throws {
    let (type, query) = Self.values[index]
    let kind = try #require(BinaryType(type))
    try await withDatabase { db in
      // Random values have to be the same in both formats.
      _ = try psql(
        db.primary,
        """
        create table public.t as
        select i::int, v, i % 2 = 0 as even from (\(query)) q(v), lateral (select (random() * 1000)::int) r(i)
        """)
      let connection = try await Connection.open(db.primary, ConnectionOptions(name: "primary"))
      let rows = "copy (select i, v, even, v from public.t) to stdout"
      let text = try await everything(of: connection.copyOut(rows))
      let binary = try await everything(of: connection.copyOut(rows + " (format binary)"))
      let source = CSVSource.binary([.int32, kind, .boolean, kind])
      for settings in Self.settings {
        #expect(try csv(binary, source, settings) == csv(text, .text, settings))
      }
      #expect(text.count > 12)
    }
  }

  /// Delimiters that occur in values, and texts for NULL as long as values.
  static let settings = [
    CSVSettings(), CSVSettings(delimiter: "-", null: "0"), CSVSettings(delimiter: ":", lineEnding: .crlf),
    CSVSettings(delimiter: "1", null: "NaN", guardFormulas: true), CSVSettings(delimiter: "x", null: "-1"),
    CSVSettings(delimiter: "f", null: "\\x"), CSVSettings(delimiter: ".", null: "t"),
    CSVSettings(delimiter: ";", decimal: .comma),
  ]

  private func csv(_ rows: [UInt8], _ source: CSVSource, _ settings: CSVSettings) throws -> [UInt8] {
    let kinds: [CSVEncoder.Column.Kind] = [.number, .number, .other, .text]
    var encoder = try CSVEncoder(
      settings: settings, columns: kinds.map { .init(name: "c", kind: $0) }, source: source)
    let sink = ByteCollector()
    try encoder.encode(rows, into: sink)
    return sink.bytes
  }

  @Test(
    "types whose text depends on settings, and unlisted types, are not supported",
    arguments: [
      "integer[]", "numeric(10,2)[]", "character varying(3)[]", "timestamp with time zone",
      "timestamp(3) with time zone", "time without time zone", "interval", "real", "xml", "public.uuid",
      "\"char\"",
    ])
  func otherTypes(_ type: String) {
    #expect(BinaryType(type) == nil)
  }

  @Test("truncated rows and rows of other columns are errors")
  func wrongRows() throws {
    func encode(_ row: [UInt8]) throws -> String {
      var encoder = try CSVEncoder(
        settings: CSVSettings(), columns: [.init(name: "c", kind: .number)], source: .binary([.int32]))
      let sink = ByteCollector()
      try encoder.encode(row, into: sink)
      return String(decoding: sink.bytes, as: UTF8.self)
    }
    #expect(throws: CopyTextError.fieldCount(found: 2, expected: 1)) { try encode([0, 2]) }
    var other = try CSVEncoder(
      settings: CSVSettings(), columns: [.init(name: "c", kind: .text)], source: .binary([.jsonb]))
    // A format of jsonb that does not exist yet.
    for value: [UInt8] in [[0, 0, 0, 2, 2, 49], [0, 0, 0, 0]] {
      #expect(throws: CopyTextError.truncated) { try other.encode([0, 1] + value, into: ByteCollector()) }
    }
    let cut: [[UInt8]] = [
      [0], [0, 1, 0, 0], [0, 1, 0, 0, 0, 4, 1], [0, 1, 0, 0, 0, 2, 0, 7],
      [0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7],
    ]
    for row in cut { #expect(throws: CopyTextError.truncated) { try encode(row) } }
    #expect(try encode([]) == "")
    #expect(try encode([0, 1, 0, 0, 0, 4, 0, 0, 0, 7, 0, 1, 255, 255, 255, 255]) == "7\n\n")
  }

  private func everything(of source: CopyOut) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let chunk = try await source.next() { bytes += chunk }
    return bytes
  }
}
