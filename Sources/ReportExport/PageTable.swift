import ReportModel

/// The rows of a page's table, written as they come.
struct PageTable {
  private let columns: [PageColumn]
  private let page: XMLWriter
  private let decoder: CopyTextDecoder
  private var number: [UInt8] = []
  private(set) var rowCount = 0

  init(columns: [PageColumn], page: XMLWriter) {
    self.columns = columns
    self.page = page
    decoder = CopyTextDecoder(columns: columns.count)
  }

  /// - Parameter limit: rows after it are not written.
  mutating func write(_ chunk: [UInt8], limit: Int) throws {
    guard rowCount < limit else { return }
    try decoder.forEachRow(in: chunk) { row in
      page.newline()
      page.start("tr")
      for index in columns.indices { writeCell(row.bytes(index), columns[index].format) }
      page.end()
      rowCount += 1
      return rowCount < limit
    }
  }

  private mutating func writeCell(_ value: UnsafeBufferPointer<UInt8>?, _ format: Column.Format?) {
    page.start("td")
    if let value, let format, NumberText.isNumeric(format) {
      number.removeAll(keepingCapacity: true)
      NumberText.append(value, format: format, to: &number)
      number.withUnsafeBufferPointer { page.text($0) }
    } else if let value {
      page.text(value)
    } else {
      page.element("i", text: "—")
    }
    page.end()
  }
}
