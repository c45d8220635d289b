import ReportModel

/// Writes the rows of a page's table as they arrive.
struct PageTable {
  /// A longer value is truncated on the page, so that the page opens on a phone.
  static let maxCellBytes = 8192

  private let columns: [PageColumn]
  private let page: XMLWriter
  private let decoder: CopyTextDecoder
  private var number: [UInt8] = []
  /// Of the last date written, because neighbouring rows mostly have one.
  private var weekday: (date: [UInt8], name: String) = ([], "")
  private(set) var rowCount = 0

  init(columns: [PageColumn], page: XMLWriter) {
    self.columns = columns
    self.page = page
    decoder = CopyTextDecoder(columns: columns.count)
  }

  /// Writes the rows of a chunk.
  ///
  /// - Parameter limit: the number of rows on the page; later rows are ignored.
  mutating func write(_ chunk: [UInt8], limit: Int) throws {
    guard rowCount < limit else { return }
    try decoder.forEachRow(in: chunk) { row in
      page.newline()
      page.start("tr")
      for index in columns.indices { writeCell(row.bytes(index), columns[index]) }
      page.end()
      rowCount += 1
      return rowCount < limit
    }
  }

  private mutating func writeCell(_ value: UnsafeBufferPointer<UInt8>?, _ column: PageColumn) {
    page.start("td")
    if let value, let format = column.format, NumberText.isNumeric(format) {
      if value.first == UInt8(ascii: "-") { page.attribute("class", "neg") }
      number.removeAll(keepingCapacity: true)
      NumberText.append(value, format: format, to: &number)
      number.withUnsafeBufferPointer { page.text($0) }
    } else if let value, column.isBoolean, value.count == 1 {
      page.text(value[0] == UInt8(ascii: "t") ? "yes" : "no")
    } else if let value, column.format == .date {
      page.text(value)
      writeWeekday(value)
    } else if let value, value.count > Self.maxCellBytes {
      writeLong(value)
    } else if let value {
      page.text(value)
    } else {
      page.element("i", text: "—")
    }
    page.end()
  }

  private mutating func writeWeekday(_ value: UnsafeBufferPointer<UInt8>) {
    if !weekday.date.elementsEqual(value) {
      let date = value.count == 10 ? CalendarDate(String(decoding: value, as: UTF8.self)) : nil
      weekday = (Array(value), date.map(DateText.shortWeekday) ?? "")
    }
    guard !weekday.name.isEmpty else { return }
    page.text(" ")
    page.element("i", text: weekday.name)
  }

  private func writeLong(_ value: UnsafeBufferPointer<UInt8>) {
    var end = Self.maxCellBytes
    while end > 0, value[end] & 0xC0 == 0x80 { end -= 1 }
    page.text(UnsafeBufferPointer(rebasing: value[..<end]))
    page.element("i", text: "… the first \(NumberText.text(end)) of \(NumberText.text(value.count)) bytes")
  }
}
