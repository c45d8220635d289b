import ReportModel

/// Writes dates, with their weekday, from the digits of the data. Most rows of a report have one, so it allocates nothing.
struct DateCell {
  private enum Part {
    case text([UInt8])
    case year, month, day
  }

  private let parts: [Part]
  /// ` <i>Sun</i>`, from Monday to Sunday.
  private let weekdays: [[UInt8]]

  init(language: Language, page: XMLWriter) {
    var parts: [Part] = []
    var text: [UInt8] = []
    func literal() {
      var escaped: [UInt8] = []
      text.withUnsafeBufferPointer { page.appendEscaped($0, to: &escaped) }
      if !escaped.isEmpty { parts.append(.text(escaped)) }
      text = []
    }
    // The places of the digits in the language's form of a date.
    for byte in language.text(.date, ["year": "\u{1}", "month": "\u{2}", "day": "\u{3}"]).utf8 {
      guard (1...3).contains(byte) else {
        text.append(byte)
        continue
      }
      literal()
      parts.append(byte == 1 ? .year : byte == 2 ? .month : .day)
    }
    literal()
    self.parts = parts
    weekdays = language.list(.weekdaysShort).map { name in
      var name = name
      var markup = Array(" <i>".utf8)
      name.withUTF8 { page.appendEscaped($0, to: &markup) }
      return markup + Array("</i>".utf8)
    }
  }

  /// - Returns: false, and writes nothing, for anything but `2026-11-22`.
  func append(_ value: UnsafeBufferPointer<UInt8>, hasWeekday: Bool, to output: inout [UInt8]) -> Bool {
    guard value.count == 10, value[4] == UInt8(ascii: "-"), value[7] == UInt8(ascii: "-"),
      let year = Self.number(value, 0..<4), let month = Self.number(value, 5..<7),
      let day = Self.number(value, 8..<10), let date = CalendarDate(year: year, month: month, day: day)
    else { return false }
    for part in parts {
      switch part {
      case .text(let text): output.append(contentsOf: text)
      case .year: output.append(contentsOf: UnsafeBufferPointer(rebasing: value[0..<4]))
      case .month: output.append(contentsOf: UnsafeBufferPointer(rebasing: value[5..<7]))
      case .day: output.append(contentsOf: UnsafeBufferPointer(rebasing: value[8..<10]))
      }
    }
    if hasWeekday { output.append(contentsOf: weekdays[date.isoWeekday - 1]) }
    return true
  }

  private static func number(_ value: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
    var number = 0
    for index in range {
      let digit = value[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    return number
  }
}
