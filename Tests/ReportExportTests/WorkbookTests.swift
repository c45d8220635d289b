import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportExport

/// Workbooks, read back by another program.
@Suite(.enabled(if: WorkbookReader.isInstalled, WorkbookReader.hint)) struct WorkbookTests {
  struct Value: Sendable, CustomTestStringConvertible {
    var text: String
    var type: String
    var category: String
    var format: Column.Format?
    /// Of the cell.
    var cell: String
    /// What the cell shows; nil: the value's own text.
    var shown: String?
    var code: String?

    init(
      _ text: String, _ type: String, _ category: String, format: Column.Format? = nil, _ cell: String,
      shown: String? = nil, code: String? = nil
    ) {
      self.text = text
      self.type = type
      self.category = category
      self.format = format
      self.cell = cell
      self.shown = shown
      self.code = code
    }

    var testDescription: String { "\(text.prefix(40)) as \(type)" }
  }

  static let values = [
    // Numbers: every digit is shown, or the number is a text.
    Value("123", "integer", "N", "n", code: "0;[Red]\\-0"),
    Value("-2147483648", "integer", "N", "n"),
    Value("4601234567890", "bigint", "N", "n", code: "0;[Red]\\-0"),
    Value("4601234567890", "bigint", "N", format: .text, "s", code: "@"),
    Value("999999999999999", "bigint", "N", "n"),
    Value("9007199254740993", "bigint", "N", "s"),
    Value("-9223372036854775808", "bigint", "N", "s"),
    Value("1234.50", "numeric(14,2)", "N", "n", code: "0.00;[Red]\\-0.00"),
    Value("1234567.50", "numeric(14,2)", "N", format: .money, "n", code: "#,##0.00;[Red]\\-#,##0.00"),
    Value("7", "numeric", "N", format: .money, "n", shown: "7.00"),
    Value("12.5", "numeric", "N", format: .percent, "n", code: "#,##0.0\\ \"%\";[Red]\\-#,##0.0\\ \"%\""),
    Value("-5", "numeric", "N", format: .integer, "n", code: "#,##0;[Red]\\-#,##0"),
    Value("0.000000000000001", "numeric", "N", "n"),
    Value("123456789012345.6", "numeric", "N", "s"),
    Value("0.1234567890123456", "numeric", "N", "s"),
    Value("100000000000000000000", "numeric", "N", "n"),
    Value("1." + String(repeating: "0", count: 31), "numeric", "N", "s"),
    Value("1" + String(repeating: "0", count: 400), "numeric", "N", "s"),
    Value("NaN", "numeric", "N", "s"),
    Value("-Infinity", "double precision", "N", "s"),
    Value("0.30000000000000004", "double precision", "N", "n"),
    Value("1e+20", "double precision", "N", "n", shown: "1e+20"),
    Value("-0", "real", "N", "n", shown: "0"),
    Value("$1,234.50", "money", "N", "s"),
    // Dates and times.
    Value("2026-11-22", "date", "D", "d", code: "yyyy\\-mm\\-dd"),
    Value("1900-03-01", "date", "D", "d"),
    Value("1900-02-28", "date", "D", "s"),
    Value("9999-12-31", "date", "D", "d"),
    Value("10000-01-01", "date", "D", "s"),
    Value("0044-03-15 BC", "date", "D", "s"),
    Value("infinity", "date", "D", "s"),
    Value("2026-11-22 04:30:12", "timestamp without time zone", "D", "d"),
    Value("2026-11-22 23:59:59.999", "timestamp without time zone", "D", "d"),
    Value("2026-11-22 04:30:12.000001", "timestamp without time zone", "D", "s"),
    Value("2026-11-22 00:00:00+03", "timestamp with time zone", "D", "d", shown: "2026-11-22 00:00:00"),
    Value("04:30:12", "time without time zone", "D", "d", code: "hh:mm:ss"),
    Value("00:00:00", "time without time zone", "D", "d"),
    Value("24:00:00", "time without time zone", "D", "s"),
    Value("04:30:12+03", "time with time zone", "D", "s"),
    Value("1 mon 3 days 04:05:06", "interval", "T", "s"),
    // Truth values and texts.
    Value("t", "boolean", "B", "b"),
    Value("f", "boolean", "B", "b"),
    Value("0042", "text", "S", "s", code: "@"),
    Value("=1+1", "text", "S", "s"),
    Value("=HYPERLINK(\"http://a\")", "text", "S", "s"),
    Value("https://example.com/?a=1&b=<2>", "text", "S", "s"),
    Value("Ёлка 🛒 👩‍👩‍👧", "text", "S", "s"),
    Value(" two  blanks ", "text", "S", "s"),
    Value("", "text", "S", ""),
    Value("a\tb\nc", "text", "S", "s"),
    Value("\u{1}\r\u{1F}\u{7F}", "text", "S", "s"),
    Value("_x0041_ _x41_ __x005F_", "text", "S", "s"),
    Value("a\\b", "text", "S", "s"),
    Value(String(repeating: "ж", count: 32_767), "text", "S", "s", code: "General"),
    Value("{1,2}", "integer[]", "A", "s"),
    Value("{\"a\": \"b\\n\"}", "jsonb", "U", "s"),
  ]

  @Test("a cell has the value's kind, and shows it whole", arguments: values)
  func value(_ given: Value) async throws {
    try await temporaryDirectory { folder in
      let column = SheetColumn(name: "x", type: given.type, category: given.category, format: given.format)
      let anchor = SheetColumn(name: "y", type: "integer", category: "N")
      let rows = CopyText.row([given.text, "1"])
      let (path, _) = try write([("Values", [column, anchor], [rows], .none)], to: folder)
      let sheet = try #require(try WorkbookReader(path)["Values"])
      #expect(sheet.links == 0)
      guard !given.cell.isEmpty else { return #expect(sheet["A2"]?.shown ?? "" == "") }
      let cell = try #require(sheet["A2"])
      #expect(cell.type == given.cell)
      #expect(cell.shown == given.shown ?? given.text)
      if let code = given.code { #expect(cell.format == code) }
    }
  }

  @Test("NULL is an empty cell, and an empty result a sheet with its header alone")
  func empty() async throws {
    try await temporaryDirectory { folder in
      let columns = [
        SheetColumn(name: "day", type: "date", category: "D", title: "Day"),
        SheetColumn(name: "at", type: "timestamp with time zone", category: "D", title: "At"),
      ]
      let nulls = Array("\\N\t\\N\n\\N\t\\N\n".utf8)
      let (path, _) = try write(
        [("Nulls", columns, [nulls], .none), ("None", columns, [], .none)], to: folder)
      let book = try WorkbookReader(path)
      #expect(book.sheets.map(\.name) == ["Nulls", "None", "About"])
      for sheet in book.sheets.dropLast() {
        #expect(sheet.cells.map(\.shown) == ["Day", "At (Europe/Moscow)"])
        #expect(sheet.freeze == "A2")
      }
      #expect(book["Nulls"]?.filter == "A1:B3")
      #expect(book["None"]?.filter == "A1:B1")
      #expect(book["About"]?.facts("Rows") == ["2", "0"])
    }
  }

  static let columns = [
    SheetColumn(name: "id", type: "integer", category: "N"),
    SheetColumn(name: "note", type: "text", category: "S", title: "Note"),
    SheetColumn(name: "amount", type: "numeric(10,2)", category: "N", title: "Amount", format: .money),
  ]

  static func rows(_ range: ClosedRange<Int>) -> [UInt8] {
    range.flatMap { CopyText.row([String($0), "note \($0)", "\($0).50"]) }
  }

  @Test("equal rows give equal bytes, however they come")
  func sameBytes() async throws {
    let all = Self.rows(1...5000)
    var books: [[UInt8]] = []
    for rowsPerChunk in [1, 7, 5000] {
      let sink = ByteCollector()
      _ = try book(
        [("Rows", Self.columns, Rows.chunks(of: all, rowsPerChunk: rowsPerChunk), .none)], into: sink)
      books.append(sink.bytes)
    }
    #expect(Set(books).count == 1)
    #expect(books[0].count < 200_000)
  }

  @Test("values that are converted piece by piece are cut and counted as if they were whole")
  func longValues() async throws {
    let columns = [("bytea", "U"), ("text", "S"), ("integer", "N")].map {
      SheetColumn(name: $0.0, type: $0.0, category: $0.1)
    }
    // Longer than what is kept of a value while its text is made.
    let bytes = [UInt8](repeating: 0xAB, count: 200_000)
    let text = String(repeating: "\\ж👩", count: 100_000)
    func field(_ value: [UInt8]) -> [UInt8] {
      withUnsafeBytes(of: Int32(value.count).bigEndian, Array.init) + value
    }
    let binary = [0, 3] + field(bytes) + field(Array(text.utf8)) + field([0, 0, 0, 7])
    let textual = CopyText.row(["\\x" + String(repeating: "ab", count: bytes.count), text, "7"])
    try await temporaryDirectory { folder in
      let books = try [(textual, CSVSource.text), (binary, .binary([.bytea, .text, .int32]))].map {
        rows, source in
        let collector = ByteCollector()
        let writer = WorkbookWriter(into: collector, timezone: "UTC")
        writer.begin("T", reportName: "t", columns: columns, source: source)
        try writer.write(rows)
        let result = try writer.end()
        #expect(result.cut.map(\.values) == [1, 1])
        _ = try writer.finish([], title: "T", generator: "reportgen")
        return collector.bytes
      }
      #expect(books[0] == books[1])
      try Data(books[0]).write(to: URL(fileURLWithPath: folder + "/long.xlsx"))
      let sheet = try #require(try WorkbookReader(folder + "/long.xlsx")["T"])
      let shown = sheet.cells.suffix(3).map(\.shown)
      #expect(
        shown[0].hasPrefix("\\xabab") && shown[0].hasSuffix(WorkbookWords.english.cutMark(letters: 400_002)))
      #expect(
        shown[1].hasPrefix("\\ж👩") && shown[1].hasSuffix(WorkbookWords.english.cutMark(letters: 400_000)))
      #expect(shown[2] == "7")
      for text in shown.prefix(2) { #expect((32_760...32_767).contains(text.utf16.count)) }
    }
  }

  @Test("rows that do not fit go on with another sheet; a text that does not fit has a mark; both are noted")
  func limits() async throws {
    try await temporaryDirectory { folder in
      var rows = Self.rows(1...7)
      rows += CopyText.row(["8", String(repeating: "🛒", count: 200), "8"])
      let limits = SheetLimits(rows: 4, letters: 300)
      let totals = SheetTotals(rows: [[nil, nil, "28.00"]], sums: ["amount"], missing: 2)
      let (path, notes) = try write(
        [("A report", Self.columns, [rows], totals)], limits: limits, to: folder)
      let book = try WorkbookReader(path)
      #expect(book.sheets.map(\.name) == ["A report", "A report (2)", "A report (3)", "About"])
      #expect(book.sheets.dropLast().map(\.filter) == ["A1:C4", "A1:C4", "A1:C3"])
      let ids = book.sheets.dropLast().flatMap { sheet in
        sheet.cells.filter { $0.column == "A" && $0.row > 1 }.map(\.shown)
      }
      #expect(ids == (1...8).map(String.init) + ["Total"])
      let last = try #require(book["A report (3)"])
      #expect(last.row(1) == ["A": "id", "B": "Note", "C": "Amount"])
      #expect(last.row(4) == ["A": "Total", "C": "28.00"])
      let cut = try #require(last["B3"]?.shown)
      #expect(cut == String(repeating: "🛒", count: 140) + "… [cut: 400 letters]")
      #expect(cut.utf16.count <= 300)
      let expected = [
        "1 values of the column \"Note\" have more than 300 letters, the most that a cell holds, and are cut; each has a mark at its end. The CSV file and the table have them whole.",
        "A sheet holds 3 rows at most; the rows go on where a sheet is full.",
        "The sums of 2 more groups are not shown.",
      ]
      #expect(notes == expected)
      #expect(book["About"]?.facts("Note") == expected)
      #expect(book["About"]?.facts("Sheet") == ["A report: 3", "A report (2): 3", "A report (3): 2"])
    }
  }

  @Test("sums that fill a sheet begin another one")
  func totalsOnNextSheet() async throws {
    try await temporaryDirectory { folder in
      let totals = SheetTotals(
        rows: [["RUB", nil, "1.00"], ["USD", nil, "2.00"]], sums: ["amount"], by: ["id"])
      let (path, _) = try write(
        [("R", Self.columns, [Self.rows(1...3)], totals)], limits: SheetLimits(rows: 5), to: folder)
      let book = try WorkbookReader(path)
      #expect(book.sheets.map(\.name) == ["R", "R (2)", "About"])
      #expect(book["R"]?.filter == "A1:C4")
      #expect(book["R"]?.row(5) == ["A": "RUB", "B": "Total", "C": "1.00"])
      #expect(book["R (2)"]?.filter == "A1:C1")
      #expect(book["R (2)"]?.row(2) == ["A": "USD", "B": "Total", "C": "2.00"])
      #expect(book["About"]?.facts("Rows") == ["3"])
    }
  }

  @Test("the sheet about the rows has as-of, parameters, columns and the SQL, line by line")
  func about() async throws {
    try await temporaryDirectory { folder in
      let (path, _) = try write([("Daily sales", Self.columns, [Self.rows(1...2)], .none)], to: folder)
      let about = try #require(try WorkbookReader(path)["About"])
      #expect(about["A1"]?.shown == "Daily sales")
      #expect(
        about.facts("As of") == [
          "Monday, 23 November 2026, 04:30:12 MSK. The rows hold everything that was recorded before this moment."
        ])
      #expect(about.facts("Interval") == ["Sunday, 22 November 2026"])
      #expect(about.facts("Parameter region") == ["RU"])
      #expect(about.facts("Parameter none") == ["NULL"])
      #expect(about.facts("Column").last == "Amount: amount, numeric(10,2)")
      let line = try #require(about.cells.first { $0.shown == "select id, note, amount" })
      #expect(about["A\(line.row)"]?.shown == "Definition")
      #expect(about["B\(line.row + 1)"]?.shown == "from t -- \(String(repeating: "ж", count: 32_757))")
      #expect(about["B\(line.row + 2)"]?.shown == String(repeating: "ж", count: 43))
      #expect(about.facts("Run") == [Samples.run])
      #expect(about.facts("Written by") == [Samples.generator])
    }
  }

  @Test("names of sheets are ones that Excel takes, and differ whatever the case")
  func sheetNames() {
    var names = SheetNames(reserved: ["About"])
    let titles = [
      "Sales", "sales", "SALES", "about", "History", "a/b\\c:d*e?f[g]h", "'quoted'", "", "***", "\u{1}x\n y",
      "Продажи по категориям и производителям", "Продажи по категориям и производителям",
      String(repeating: "🛒", count: 20),
    ]
    let taken = titles.map { names.take($0, otherwise: "report-1") }
    #expect(
      taken == [
        "Sales", "sales (2)", "SALES (3)", "about (2)", "History (2)", "a b c d e f g h", "quoted",
        "report-1",
        "report-1 (2)", "x y", "Продажи по категориям и произв…", "Продажи по категориям и пр… (2)",
        String(repeating: "🛒", count: 15) + "…",
      ])
    #expect(taken.allSatisfy { $0.utf16.count <= 31 })
  }

  @Test("of a local time that comes twice the offset stays")
  func repeatedHour() async throws {
    try await temporaryDirectory { folder in
      let column = SheetColumn(name: "at", type: "timestamp with time zone", category: "D")
      let texts = [
        "2026-10-25 01:30:00+02", "2026-10-25 02:30:00+02", "2026-10-25 02:30:00+01",
        "2026-10-25 03:00:00+01",
        "2026-03-29 03:30:00+02",
      ]
      let rows = texts.flatMap { CopyText.row([$0]) }
      let (path, _) = try write([("T", [column], [rows], .none)], timezone: "Europe/Berlin", to: folder)
      let sheet = try #require(try WorkbookReader(path)["T"])
      #expect(
        sheet.cells.dropFirst().map(\.shown) == [
          "2026-10-25 01:30:00", "2026-10-25 02:30:00+02", "2026-10-25 02:30:00+01", "2026-10-25 03:00:00",
          "2026-03-29 03:30:00",
        ])
    }
  }

  @Test("rows of another shape are an error, and a sink that is released leaves no file")
  func wrongShape() async throws {
    try await temporaryDirectory { root in
      let writer = try place(root).begin(writer: UUID())
      for text in ["1\n", "1\t2\t3\t4\n", "1\t2\t3"] {
        let sink = WorkbookFileSink(file: try writer.makeFile("a.xlsx"), timezone: "UTC")
        await sink.begin("T", reportName: "t", columns: Self.columns)
        try await sink.write(Array(text.utf8))
        await #expect(throws: CopyTextError.self) { try await sink.finish() }
        await sink.fail("the rows are wrong")
      }
      let sink = WorkbookFileSink(file: try writer.makeFile("b.xlsx"), timezone: "UTC")
      await sink.begin("T", reportName: "t", columns: Self.columns)
      try await sink.write(Self.rows(1...1000))
      await sink.fail("not published")
      #expect(names(root, "sales-daily/2026-11-22") == [])
    }
  }

  @Test("a CSV for Excel counts what Excel leaves out of it")
  func excelFit() throws {
    let limits = SheetLimits(rows: 4, letters: 10)
    var fit = ExcelFit(source: .text, columns: 3, limits: limits)
    try fit.read(Self.rows(1...3))
    #expect(fit.notes(rows: 3) == [])
    try fit.read(CopyText.row(["4", "жжжжжжжжжж", "1"]) + CopyText.row(["5", "\n2345678901", "1"]))
    #expect(
      fit.notes(rows: 5) == [
        "Excel shows 3 of its 5 rows: a sheet ends there.",
        "Excel splits 1 of its values, which have more than 10 letters.",
      ])
  }

  // MARK: Writing

  typealias Table = (title: String, columns: [SheetColumn], chunks: [[UInt8]], totals: SheetTotals)

  private func write(
    _ tables: [Table], timezone: String = "Europe/Moscow", limits: SheetLimits = .excel, to folder: String
  ) throws -> (path: String, notes: [String]) {
    let sink = ByteCollector()
    let notes = try book(tables, timezone: timezone, limits: limits, into: sink)
    try Data(sink.bytes).write(to: URL(fileURLWithPath: folder + "/a.xlsx"))
    return (folder + "/a.xlsx", notes)
  }

  private func book(
    _ tables: [Table], timezone: String = "Europe/Moscow", limits: SheetLimits = .excel,
    into sink: ByteCollector
  ) throws -> [String] {
    let writer = WorkbookWriter(into: sink, timezone: timezone, limits: limits)
    var reports: [(WorkbookReport, SheetResult)] = []
    for table in tables {
      writer.begin(table.title, reportName: "a-report", columns: table.columns)
      for chunk in table.chunks { try writer.write(chunk) }
      reports.append((report(table.title), try writer.end(table.totals)))
    }
    return try writer.finish(reports, title: "A book", generator: Samples.generator)
  }

  private func report(_ title: String) -> WorkbookReport {
    WorkbookReport(
      title: title, description: "What it means.", owner: nil, reportName: "a-report",
      intervalName: "2026-11-22",
      interval: CalendarDate("2026-11-22").flatMap { Interval(start: $0, end: $0.adding(days: 1)!) },
      asOf: Samples.asOf, parameters: [NamedValue("region", "RU"), NamedValue("none", nil)],
      sql: "select id, note, amount\nfrom t -- \(String(repeating: "ж", count: 32_800))\n\n",
      fingerprint: Samples.fingerprint, run: Samples.run, publishedAt: nil)
  }
}

/// The same workbooks, read by LibreOffice.
@Suite(.enabled(if: LibreOffice.isInstalled, LibreOffice.hint)) struct LibreOfficeTests {
  @Test("LibreOffice opens a workbook, and shows its values")
  func opens() async throws {
    try await temporaryDirectory { folder in
      let given = WorkbookTests.values.filter {
        $0.cell != "" && !$0.text.contains("\u{1}") && $0.text.count < 1000
      }
      let columns = [
        SheetColumn(name: "number", type: "numeric(10,2)", category: "N", format: .money),
        SheetColumn(name: "day", type: "date", category: "D"),
        SheetColumn(name: "at", type: "timestamp(3) without time zone", category: "D"),
        SheetColumn(name: "yes", type: "boolean", category: "B"),
        SheetColumn(name: "note", type: "text", category: "S"),
      ]
      let rows = given.enumerated().flatMap { index, value in
        CopyText.row([
          "-\(index)234.50", "2026-11-22", "2026-11-22 04:30:12.25", "t",
          value.text.replacing("\n", with: " "),
        ])
      }
      let sink = ByteCollector()
      let writer = WorkbookWriter(into: sink, timezone: "Europe/Moscow")
      writer.begin("Values", reportName: "values", columns: columns)
      try writer.write(rows)
      let result = try writer.end(SheetTotals(rows: [["1.00", nil, nil, nil, nil]], sums: ["number"]))
      _ = try writer.finish([], title: "T", generator: "reportgen test")
      try Data(sink.bytes).write(to: URL(fileURLWithPath: folder + "/a.xlsx"))
      #expect(result.rowCount == given.count)
      let lines = try LibreOffice.csv(of: folder + "/a.xlsx", in: folder).split(separator: "\n")
      #expect(lines.first == "number\tday\tat\tyes\tnote")
      #expect(lines.count == given.count + 2)
      for (index, value) in given.enumerated() where index + 1 < lines.count {
        let shown = lines[index + 1].split(separator: "\t", omittingEmptySubsequences: false)
        #expect(
          shown.prefix(4) == [
            "-\(index == 0 ? "" : "\(index),")234.50", "2026-11-22", "2026-11-22 04:30:12.250", "TRUE",
          ])
        let note = shown.dropFirst(4).joined(separator: "\t")
        // Texts with quotes and tabs are quoted in this kind of file.
        let isQuoted = note.hasPrefix("\"") && note.contains(/["\t]./) && note.hasSuffix("\"")
        let text = isQuoted ? String(note.dropFirst().dropLast()).replacing("\"\"", with: "\"") : note
        #expect(text == value.text.replacing("\n", with: " "))
      }
      #expect(lines.last?.hasPrefix("1.00\tTotal") == true)
    }
  }
}
