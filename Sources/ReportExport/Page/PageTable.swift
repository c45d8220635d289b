import ReportModel

/// Writes the rows of a page's table as they arrive.
///
/// The markup of a row is put together in memory and handed on at once: libxml2 would keep each of its elements on a stack.
struct PageTable {
  /// Bytes that are kept before they are handed on.
  private static let bufferSize = 64 * 1024

  /// What the cells of a column need; copied for each cell, so it has nothing to count references of.
  private struct Cell {
    enum Kind { case number, boolean, date, text }

    let kind: Kind
    let format: Column.Format?
    let barScale: Double?
    let hasHistory: Bool
    let hasWeekday: Bool
    /// The sign of the row's currency stands behind the number.
    let hasSign: Bool

    init(_ column: PageColumn) {
      kind =
        column.format.map(NumberText.isNumeric) ?? column.isNumeric
        ? .number : column.isBoolean ? .boolean : column.format == .date ? .date : .text
      format = column.format
      barScale = column.barScale
      hasHistory = column.hasHistory
      hasWeekday = column.hasWeekday
      hasSign = column.format == .money && column.unit == nil
    }
  }

  private let cells: [Cell]
  private let page: XMLWriter
  private let language: Language
  private let decoder: CopyTextDecoder
  private let hasSizes: Bool
  private let decimal: [UInt8]
  private let words: (yes: [UInt8], no: [UInt8])
  private let dates: DateCell
  /// The column whose codes of currencies belong to the row's money.
  private let currency: Int?
  private var sign: (code: [UInt8], text: [UInt8]) = ([], [])
  private var output: [UInt8] = []
  private(set) var rowCount = 0

  init(content: PageContent, page: XMLWriter) {
    let columns = content.columns
    cells = columns.map(Cell.init)
    self.page = page
    language = content.language
    dates = DateCell(language: language, page: page)
    hasSizes = content.hasSizes
    decoder = CopyTextDecoder(
      columns: columns.count + columns.count(where: \.hasHistory) + (hasSizes ? 1 : 0))
    decimal = Array(language[.decimal].utf8)
    words = (Array(language[.yes].utf8), Array(language[.no].utf8))
    currency = columns.firstIndex(where: \.isCurrency)
    output.reserveCapacity(2 * Self.bufferSize)
  }

  /// Writes the rows of a chunk.
  ///
  /// - Parameter limit: the number of rows on the page; later rows are ignored.
  mutating func write(_ chunk: [UInt8], limit: Int) throws {
    guard rowCount < limit else { return }
    try decoder.forEachRow(in: chunk) { row in
      put("\n<tr>")
      if let currency { findSign(row.bytes(currency)) }
      let sizes = hasSizes ? Self.sizes(row.text(row.count - 1) ?? "") : [:]
      var history = cells.count
      for index in cells.indices {
        let cell = cells[index]
        if let value = row.bytes(index), value.count > PageContent.maxCellBytes {
          writeLongCell(value, size: sizes[index] ?? value.count)
        } else {
          writeCell(row.bytes(index), cell, history: cell.hasHistory ? row.bytes(history) : nil)
        }
        if cell.hasHistory { history += 1 }
      }
      put("</tr>")
      rowCount += 1
      if output.count > Self.bufferSize { flush() }
      return rowCount < limit
    }
    flush()
  }

  private mutating func flush() {
    page.raw(output)
    output.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private mutating func put(_ text: StaticString) {
    output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func writeCell(
    _ value: UnsafeBufferPointer<UInt8>?, _ cell: Cell, history: UnsafeBufferPointer<UInt8>?
  ) {
    guard let value else { return put("<td><i>—</i></td>") }
    switch cell.kind {
    case .number:
      if value.first == UInt8(ascii: "-") { put("<td class=\"neg\"") } else { put("<td") }
      if let scale = cell.barScale { putBar(value, scale) }
      put(">")
      if let history { putSpark(history) }
      if NumberText.isPlain(value) {
        NumberText.append(value, format: cell.format, decimal: decimal, to: &output)
      } else {
        page.appendEscaped(value, to: &output)
      }
      if cell.hasSign { output.append(contentsOf: sign.text) }
    case .boolean where value.count == 1:
      put("<td>")
      output.append(contentsOf: value[0] == UInt8(ascii: "t") ? words.yes : words.no)
    case .date:
      put("<td>")
      if !dates.append(value, hasWeekday: cell.hasWeekday, to: &output) { putMoment(value) }
    case .boolean, .text:
      put("<td>")
      page.appendEscaped(value, to: &output)
    }
    put("</td>")
  }

  /// A date with a time, or whatever else stands in a column of dates.
  private mutating func putMoment(_ value: UnsafeBufferPointer<UInt8>) {
    var text = language.shown(String(decoding: value, as: UTF8.self))
    text.withUTF8 { page.appendEscaped($0, to: &output) }
  }

  /// - Parameter size: bytes of the whole value, which may come shortened.
  private mutating func writeLongCell(_ value: UnsafeBufferPointer<UInt8>, size: Int) {
    var end = PageContent.maxCellBytes
    while end > 0, value[end] & 0xC0 == 0x80 { end -= 1 }
    put("<td>")
    page.appendEscaped(UnsafeBufferPointer(rebasing: value[..<end]), to: &output)
    var note = language.text(.truncated, ["shown": language.number(end), "all": language.number(size)])
    put("<i>")
    note.withUTF8 { page.appendEscaped($0, to: &output) }
    put("</i></td>")
  }

  /// From `position:bytes`, blanks between.
  private static func sizes(_ text: String) -> [Int: Int] {
    var sizes: [Int: Int] = [:]
    for field in text.split(separator: " ") {
      let parts = field.split(separator: ":").compactMap { Int($0) }
      if parts.count == 2 { sizes[parts[0]] = parts[1] }
    }
    return sizes
  }

  // MARK: Money, bars and lines

  private mutating func findSign(_ code: UnsafeBufferPointer<UInt8>?) {
    guard let code else {
      sign = ([], [])
      return
    }
    guard !sign.code.elementsEqual(code) else { return }
    let text = CurrencySign.sign(of: String(decoding: code, as: UTF8.self))
    sign = (Array(code), text.map { Array("\u{202F}\($0)".utf8) } ?? [])
  }

  /// The length of the cell's bar, in percent.
  private mutating func putBar(_ value: UnsafeBufferPointer<UInt8>, _ scale: Double) {
    guard let number = Double(String(decoding: value, as: UTF8.self)), number.isFinite, scale > 0 else {
      return
    }
    let percent = min(100, max(0, abs(number) / scale * 100))
    put(" style=\"--b:")
    output.append(contentsOf: String(Int(percent.rounded())).utf8)
    put("%\"")
  }

  /// Fields `position:value` of the intervals up to the page's own, which is the last.
  private mutating func putSpark(_ history: UnsafeBufferPointer<UInt8>) {
    var values = [String?](repeating: nil, count: SparkLine.length)
    for field in String(decoding: history, as: UTF8.self).split(separator: " ") {
      let parts = field.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let place = Int(parts[0]), values.indices.contains(place) else { continue }
      values[place] = String(parts[1])
    }
    guard let path = SparkLine.path(values) else { return }
    output.append(contentsOf: SparkLine.markup(path).utf8)
  }
}
