import ReportModel

/// Writes the rows of one report as cells, and goes on with another sheet where one is full.
///
/// A value that a spreadsheet cannot hold exactly is written as text: numbers of more than 15 digits, moments that are finer
/// than a millisecond or out of range, times that the time zone has twice, `NaN` and `infinity`. Texts stay texts: nothing
/// becomes a formula or a link.
struct SheetRowEncoder: RowVisitor {
  private let sheets: SheetSequence
  private let limits: SheetLimits
  private let words: WorkbookWords
  private var codes: [ColumnCode]
  private var output: XMLOutput
  private var repeatedHour: RepeatedHour
  /// Digits of the row's number.
  private var digits: [UInt8] = Array("1".utf8)
  /// The last row of the sheet that is written; 1 is the header.
  private var row = 1
  private var filterEnd = 1
  /// Rows of the report so far.
  private(set) var rowCount = 0
  /// Of each sheet that the report's rows are on.
  private(set) var rowCounts = [0]
  /// How many values of each column were cut.
  private(set) var cutCounts: [Int]

  init(columns: [SheetColumn], in place: ReportRows.Place) {
    sheets = place.sheets
    limits = place.limits
    words = place.words
    codes = columns.indices.map { ColumnCode(columns[$0], $0, styles: place.sheets.styles) }
    output = XMLOutput(buffer: place.buffer, archive: place.sheets.archive)
    repeatedHour = RepeatedHour(timezone: place.timezone)
    cutCounts = [Int](repeating: 0, count: columns.count)
  }

  mutating func beginRow() throws {
    if row >= limits.rows || output.partBytes > limits.bytes { try beginSheet() }
    row &+= 1
    var index = digits.count - 1
    while index >= 0, digits[index] == UInt8(ascii: "9") {
      digits[index] = UInt8(ascii: "0")
      index -= 1
    }
    if index >= 0 { digits[index] += 1 } else { digits.insert(UInt8(ascii: "1"), at: 0) }
    try output.reserve(64)
    output.put("<row r=\"")
    output.put(digits)
    output.put("\">")
  }

  private mutating func beginSheet() throws {
    try output.flush()
    try sheets.next(rows: max(filterEnd, 1))
    (row, filterEnd) = (1, 1)
    digits = Array("1".utf8)
    rowCounts.append(0)
  }

  mutating func endRow() throws -> Bool {
    try output.reserve(16)
    output.put("</row>")
    rowCount &+= 1
    rowCounts[rowCounts.count - 1] &+= 1
    filterEnd = row
    return true
  }

  mutating func value(_ value: RowValue?, _ column: Int) throws {
    guard let value else { return }
    guard value.moreLetters == 0 else { return try putText(value, column, isMisfit: false) }
    switch codes[column].kind {
    case .text: try putText(value, column, isMisfit: false)
    case .number: try putNumber(value.text, column)
    case .float: try putFloat(value.text, column)
    case .boolean: try putBoolean(value.text, column)
    case .moment: try putMoment(value.text, column)
    }
  }

  // MARK: Cells

  private mutating func putNumber(_ value: UnsafeBufferPointer<UInt8>, _ column: Int) throws {
    guard let shape = NumberShape(value), shape.isExact else {
      return try putText(RowValue(value), column, isMisfit: true)
    }
    try putNumber(value, column, style: codes[column].number(decimals: shape.decimals))
  }

  private mutating func putFloat(_ value: UnsafeBufferPointer<UInt8>, _ column: Int) throws {
    if let shape = NumberShape(value), shape.isInRange, codes[column].format != nil {
      try putNumber(value, column, style: codes[column].number(decimals: min(shape.decimals, 6)))
    } else if value.count <= 400, NumberShape(value) != nil || NumberShape.hasExponent(value) {
      try putNumber(value, column, style: codes[column].general)
    } else {
      try putText(RowValue(value), column, isMisfit: true)
    }
  }

  private mutating func putNumber(_ value: UnsafeBufferPointer<UInt8>, _ column: Int, style: Int) throws {
    try output.reserve(512)
    putCell(column, style: style)
    output.put("><v>")
    output.put(value)
    output.put("</v></c>")
  }

  private mutating func putBoolean(_ value: UnsafeBufferPointer<UInt8>, _ column: Int) throws {
    guard value.count == 1 else { return try putText(RowValue(value), column, isMisfit: false) }
    try output.reserve(128)
    putCell(column, style: codes[column].plain)
    output.put(value[0] == UInt8(ascii: "t") ? " t=\"b\"><v>1</v></c>" : " t=\"b\"><v>0</v></c>")
  }

  private mutating func putMoment(_ value: UnsafeBufferPointer<UInt8>, _ column: Int) throws {
    guard let moment = MomentValue(value) else {
      return try putText(RowValue(value), column, isMisfit: false)
    }
    if let offset = moment.offset,
      repeatedHour.contains(localSeconds: moment.localSeconds, offset: offset)
    {
      return try putText(RowValue(value), column, isMisfit: false)
    }
    try output.reserve(128)
    putCell(column, style: codes[column].moment(moment.kind, hasFraction: moment.hasFraction))
    output.put("><v>")
    if moment.milliseconds == 0 {
      output.putNumber(moment.wholeDays)
    } else {
      var text = moment.serial.description
      text.withUTF8 { output.put($0) }
    }
    output.put("</v></c>")
  }

  /// - Parameter isMisfit: whether the value is one of a column of numbers.
  private mutating func putText(_ value: RowValue, _ column: Int, isMisfit: Bool) throws {
    let style = codes[column].text(isMisfit: isMisfit, bytes: value.maxLetters)
    guard value.maxLetters > limits.letters, value.letters > limits.letters else {
      return try putText(value.text, column, style: style, mark: "")
    }
    cutCounts[column] += 1
    let mark = words.cutMark(letters: value.letters)
    let shown = CellText.prefix(value.text, letters: max(0, limits.letters - mark.utf16.count))
    try putText(shown, column, style: style, mark: mark)
  }

  private mutating func putText(
    _ value: UnsafeBufferPointer<UInt8>, _ column: Int, style: Int, mark: String
  ) throws {
    try output.reserve(128)
    putCell(column, style: style)
    output.put(
      CellText.needsSpace(value)
        ? " t=\"inlineStr\"><is><t xml:space=\"preserve\">" : " t=\"inlineStr\"><is><t>")
    try CellText.put(value, into: &output)
    if !mark.isEmpty {
      var mark = mark
      try mark.withUTF8 { try CellText.put($0, into: &output) }
    }
    try output.reserve(32)
    output.put("</t></is></c>")
  }

  /// `<c r="B7" s="3"`; the caller has made room.
  @inline(__always)
  private mutating func putCell(_ column: Int, style: Int) {
    output.put("<c r=\"")
    output.put(codes[column].letters)
    output.put(digits)
    output.put("\" s=\"")
    output.putNumber(style)
    output.put(UInt8(ascii: "\""))
  }

  // MARK: The end

  /// Writes a row of sums below the others, out of the filter's reach.
  ///
  /// - Parameter values: one for each column, in PostgreSQL's text format; nil for an empty cell.
  mutating func writeTotals(_ values: [String?], label: (column: Int, text: String)?) throws {
    for index in codes.indices { codes[index].look = .total }
    let (end, counts, count) = (filterEnd, rowCounts, rowCount)
    try beginRow()
    let isNewSheet = rowCounts.count > counts.count
    for (column, value) in values.enumerated() {
      if let label, label.column == column, value == nil {
        var text = label.text
        try text.withUTF8 { try putText(RowValue($0), column, isMisfit: false) }
      } else if var value {
        try value.withUTF8 { try self.value(RowValue($0), column) }
      } else {
        try output.reserve(64)
        putCell(column, style: codes[column].plain)
        output.put("/>")
      }
    }
    _ = try endRow()
    (filterEnd, rowCount) = (isNewSheet ? 1 : end, count)
    rowCounts = isNewSheet ? counts + [0] : counts
  }

  /// Ends the report's last sheet.
  mutating func finish() throws {
    try output.flush()
    try sheets.end(rows: filterEnd)
  }
}

/// A column's letters, and the styles that its values have come to use.
private struct ColumnCode {
  let letters: [UInt8]
  let kind: SheetColumn.Kind
  let format: Column.Format?
  var look = CellStyle.Look.plain {
    didSet { if look != oldValue { forget() } }
  }

  private let styles: CellStyles
  private var numbers = [Int](repeating: -1, count: NumberShape.maxDecimals + 1)
  private var moments = [Int](repeating: -1, count: 6)
  private var texts = [Int](repeating: -1, count: 4)
  /// A number of a float without a format, and a cell that needs none.
  private(set) var general: Int
  private(set) var plain: Int

  init(_ column: SheetColumn, _ index: Int, styles: CellStyles) {
    letters = Array((SheetSequence.letters(index) ?? "").utf8)
    kind = column.kind
    format = column.format
    self.styles = styles
    (general, plain) = (0, 0)
    forget()
  }

  private mutating func forget() {
    for index in numbers.indices { numbers[index] = -1 }
    for index in moments.indices { moments[index] = -1 }
    for index in texts.indices { texts[index] = -1 }
    general = kind == .float ? styles.index(of: CellStyle(code: CellFormat.general, look: look)) : -1
    plain = styles.index(of: CellStyle(look: look))
  }

  mutating func number(decimals: Int) -> Int {
    if numbers[decimals] >= 0 { return numbers[decimals] }
    let code = CellFormat.number(format, decimals: decimals)
    numbers[decimals] = styles.index(of: CellStyle(code: code, look: look))
    return numbers[decimals]
  }

  mutating func moment(_ kind: MomentValue.Kind, hasFraction: Bool) -> Int {
    let index = (kind == .date ? 0 : kind == .time ? 1 : 2) * 2 + (hasFraction ? 1 : 0)
    if moments[index] >= 0 { return moments[index] }
    let code = CellFormat.moment(kind, hasFraction: hasFraction)
    moments[index] = styles.index(of: CellStyle(code: code, look: look))
    return moments[index]
  }

  /// Some versions of Excel show long cells of the format text as `####`.
  mutating func text(isMisfit: Bool, bytes: Int) -> Int {
    let isLong = bytes > 255
    let index = (isMisfit ? 2 : 0) + (isLong ? 1 : 0)
    if texts[index] >= 0 { return texts[index] }
    let style = CellStyle(
      code: isLong ? "General" : CellFormat.text, look: isMisfit && look == .plain ? .right : look)
    texts[index] = styles.index(of: style)
    return texts[index]
  }
}
