extension OrderedJSON {
  /// Why a text is not JSON, or more of it than anybody sends.
  package enum Unreadable: Error, Hashable, Sendable {
    case invalid(offset: Int)
    case tooDeep
    case tooManyValues
  }

  /// Lists and objects inside of each other.
  static let maxDepth = 128
  static let maxValues = 1_000_000

  /// Parses an answer, in time that grows with its length. Members of an object are sorted by key; of equal keys the last
  /// one counts. A number without a fraction is an integer where it fits.
  ///
  /// - Throws: `Unreadable`.
  package init(parsing bytes: [UInt8]) throws(Unreadable) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

/// A parser of RFC 8259, by recursion that is bounded.
private struct JSONParser {
  let bytes: [UInt8]
  var position = 0
  var depth = 0
  var values = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private var invalid: OrderedJSON.Unreadable { .invalid(offset: position) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func document() throws(OrderedJSON.Unreadable) -> OrderedJSON {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw invalid }
    return value
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(OrderedJSON.Unreadable) -> OrderedJSON {
    values += 1
    guard values <= OrderedJSON.maxValues else { throw .tooManyValues }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try list()
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: OrderedJSON) throws(OrderedJSON.Unreadable)
    -> OrderedJSON
  {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes[position..<end].elementsEqual(
        UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else { throw invalid }
    position = end
    return value
  }

  private mutating func open() throws(OrderedJSON.Unreadable) {
    position += 1
    depth += 1
    guard depth <= OrderedJSON.maxDepth else { throw .tooDeep }
  }

  private mutating func list() throws(OrderedJSON.Unreadable) -> OrderedJSON {
    try open()
    var items: [OrderedJSON] = []
    if !take(UInt8(ascii: "]")) {
      repeat { items.append(try value()) } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw invalid }
    }
    depth -= 1
    return .list(items)
  }

  private mutating func object() throws(OrderedJSON.Unreadable) -> OrderedJSON {
    try open()
    var members: [String: OrderedJSON] = [:]
    if !take(UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw invalid }
        let key = try text()
        guard take(UInt8(ascii: ":")) else { throw invalid }
        members[key] = try value()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw invalid }
    }
    depth -= 1
    return .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  // MARK: Texts

  private mutating func text() throws(OrderedJSON.Unreadable) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 32 else { throw invalid }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    guard next != nil, let valid = String(validating: text, as: UTF8.self) else { throw invalid }
    position += 1
    return valid
  }

  private mutating func escape(into text: inout [UInt8]) throws(OrderedJSON.Unreadable) {
    guard let byte = next else { throw invalid }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"): text += Array(String(Character(try scalar())).utf8)
    default: throw invalid
    }
  }

  private mutating func scalar() throws(OrderedJSON.Unreadable) -> Unicode.Scalar {
    let unit = try codeUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // The first half of a character beyond 0xFFFF.
    guard unit < 0xDC00, position + 2 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw invalid }
    position += 2
    let low = try codeUnit()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + UInt32(low) - 0xDC00)
    else { throw invalid }
    return scalar
  }

  private mutating func codeUnit() throws(OrderedJSON.Unreadable) -> UInt16 {
    guard position + 4 <= bytes.count else { throw invalid }
    var unit: UInt16 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 128 else { throw invalid }
      unit = unit << 4 | UInt16(digit)
    }
    position += 4
    return unit
  }

  // MARK: Numbers

  private mutating func number() throws(OrderedJSON.Unreadable) -> OrderedJSON {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let isZero = next == UInt8(ascii: "0")
    let digits = skipDigits()
    guard digits > 0, !isZero || digits == 1 else { throw invalid }
    if next == UInt8(ascii: ".") {
      position += 1
      guard skipDigits() > 0 else { throw invalid }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw invalid }
    }
    let written = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int(written) { return .integer(integer) }
    guard let number = Double(written), number.isFinite else { throw invalid }
    return Int(exactly: number).map(OrderedJSON.integer) ?? .decimal(number)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }
}
