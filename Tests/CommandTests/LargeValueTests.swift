import Foundation
import TestSupport
import Testing

/// A long value passes in bounded memory: what was received, one copy of it, and what is sent.
@Suite("Large values")
struct LargeValueTests {
  private static let bytes = 20 << 20

  /// Runs the command and asks the kernel how much memory it had at most.
  private func measure(_ project: CommandProject, _ arguments: [String]) throws -> (
    megabytes: Int, status: Int32
  ) {
    let output = project.folder + "/measured"
    let words = ["sh", "-c", "exec \"$0\" \"$@\" > '\(output)' 2>&1", Reportgen.executable] + arguments
    var pointers = (words + ["--project", project.folder]).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process: pid_t = 0
    try #require(posix_spawn(&process, "/bin/sh", nil, nil, &pointers, environ) == 0)
    var (status, usage) = (Int32(0), rusage())
    while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    return (Int(usage.ru_maxrss) / 1024, status)
  }

  /// - Returns: how often the row, as COPY sends it, was in memory at once.
  private func copies(_ project: CommandProject, _ column: String, rowBytes: Int, _ export: String) throws
    -> Double
  {
    func peak(_ id: Int) throws -> Int {
      try project.report(
        "long",
        sql:
          "select l.id, l.\(column) as v\(column == "q" ? ", 1.5::real as r" : "") from shop.long as l where l.id = \(id)",
        Self.yaml.replacing("EXPORT", with: export))
      let (megabytes, status) = try measure(project, ["run", "long", "--full-refresh"])
      let printed = try project.text("measured")
      #expect(status == 0, "\(printed)")
      return megabytes
    }
    let (short, long) = (try peak(1), try peak(2))
    return Double(long - short) / Double(rowBytes >> 20)
  }

  /// SQL for a value of each column.
  private static let values = [
    "t": "repeat('x', \(bytes))", "b": "repeat('x', \(bytes))::bytea",
    "q": #"repeat(E'a "quoted"\tvalue\n', \#(bytes / 17))"#,
    "j": "jsonb_build_object('x', repeat('x', \(bytes)))", "a": "array[repeat('x', \(bytes)), 'y']",
  ]

  private static let yaml = """
    title: Long
    materialize: {as: table, table: reports.long, on_schema_change: rebuild}
    export: EXPORT
    """

  private static let all = "{csv: {}, xlsx: {}, html: {}}"

  @Test(
    "a row of 20 MB is held three times at most, with files, with a page, and without",
    arguments: [
      ("t", "{}"), ("t", all), ("b", "{}"), ("b", all),
      ("q", "{csv: {excel: ru}, xlsx: {}, html: {}}"), ("j", all), ("a", all),
    ])
  func memory(column: String, export: String) async throws {
    try await withProject(published: false) { project in
      _ = try project.onPrimary(
        """
        create table shop.long (id int, t text, q text, b bytea, j jsonb, a text[]);
        alter table shop.long alter t set storage external, alter q set storage external,
          alter b set storage external;
        insert into shop.long values (1, 'x', 'x', 'x', '"x"', '{x}');
        insert into shop.long (id, \(column)) select 2, \(try #require(Self.values[column]));
        grant select on shop.long to reportgen_reader
        """)
      try await project.database.waitForReplay()
      try await project.succeed("init")
      // COPY's text has two characters for a tab or a line feed; a file takes text where a column is a real.
      let rowBytes = Int(Double(Self.bytes) * (column == "q" ? 19.0 / 17 : 1))
      let copies = try copies(project, column, rowBytes: rowBytes, export)
      #expect(copies < 3.1, "\(column), \(export): \(copies)")
      #expect(
        try project.onPrimary("select octet_length(concat(v)) > 19000000 from reports.long") == "t",
        "\(column)")
      if export.contains("html") {
        let page = try project.text("out/long/latest/long.html")
        #expect(page.utf8.count < 200_000)
        #expect(page.contains("<i>… the first 8\u{202F}"), "\(column)")
      }
      if export.contains("csv: {}") {
        let csv = try psql(
          project.database.primary, "copy (select * from reports.long) to stdout (format csv, header)")
        let file = FileManager.default.contents(atPath: project.output + "/long/latest/long.csv")
        #expect(file == Data((csv + "\n").utf8), "\(column)")
      }
    }
  }
}
