import Foundation
import Testing

/// A workbook as openpyxl reads it, which shares no code with us.
package struct WorkbookReader: Decodable, Sendable {
  package struct Sheet: Decodable, Sendable {
    package var name: String
    /// The cell that the frozen panes begin at.
    package var freeze: String?
    package var filter: String?
    package var cells: [Cell]
    /// How many links there are.
    package var links: Int

    /// The shown values of one row, by their columns' letters.
    package func row(_ number: Int) -> [String: String] {
      let found = cells.filter { $0.row == number }.map { ($0.column, $0.shown) }
      return Dictionary(found) { first, _ in first }
    }

    package subscript(place: String) -> Cell? { cells.first { $0.column + String($0.row) == place } }

    /// The second column of the rows whose first one has this text.
    package func facts(_ label: String) -> [String] {
      cells.filter { $0.column == "A" && $0.shown == label }.compactMap { self["B\($0.row)"]?.shown }
    }
  }

  package struct Cell: Decodable, Sendable {
    package var column: String
    package var row: Int
    /// `n` number, `d` date or time, `s` text, `b` truth value, `f` formula.
    package var type: String
    /// As a spreadsheet shows it: a truth value as `t` or `f`, a float with all of its digits.
    package var shown: String
    package var format: String
  }

  package var sheets: [Sheet]

  package subscript(name: String) -> Sheet? { sheets.first { $0.name == name } }

  /// - Throws: also for an archive whose checksums are wrong.
  package init(_ path: String) throws {
    self = try JSONDecoder().decode(WorkbookReader.self, from: Self.run(Self.script, [path]))
  }

  package static let isInstalled = (try? run("import openpyxl", [])) != nil
  package static let hint: Comment = "openpyxl is missing: apt-get install python3-openpyxl"

  private static let script = #"""
    import datetime, decimal, json, re, sys, zipfile, openpyxl
    with zipfile.ZipFile(sys.argv[1]) as archive:
      assert archive.testzip() is None
      assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in archive.infolist())
    book = openpyxl.load_workbook(sys.argv[1])
    def text(value):
      return re.sub('_x([0-9A-Fa-f]{4})_', lambda found: chr(int(found[1], 16)), value)
    def shown(cell):
      value, code = cell.value, cell.number_format
      if cell.data_type == 's': return text(value)
      if cell.data_type == 'b': return 't' if value else 'f'
      if cell.data_type == 'd':
        time = '%H:%M:%S' + ('.%f' if '.000' in code else '')
        if 'yyyy' not in code: parts = value.strftime(time)
        else: parts = value.strftime('%Y-%m-%d' + (' ' + time if 'hh' in code else ''))
        return re.sub('0+$', '', parts) if '.000' in code else parts
      if code.startswith('General'): return repr(value)
      decimals = len(re.match(r'[#,0]*\.?(0*)', code)[1])
      return f'{decimal.Decimal(repr(value)):.{decimals}f}'
    sheets = [{
      'name': sheet.title, 'freeze': sheet.freeze_panes, 'filter': sheet.auto_filter.ref,
      'links': sum(cell.hyperlink is not None for row in sheet.iter_rows() for cell in row),
      'cells': [{
        'column': cell.column_letter, 'row': cell.row, 'type': cell.data_type, 'shown': shown(cell),
        'format': cell.number_format,
      } for row in sheet.iter_rows() for cell in row if cell.value is not None],
    } for sheet in book.worksheets]
    print(json.dumps({'sheets': sheets}))
    """#

  private struct Failed: Error, CustomStringConvertible { var description: String }

  private static func run(_ script: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", script] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let message = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failed(description: String(decoding: message, as: UTF8.self))
    }
    return data
  }
}
