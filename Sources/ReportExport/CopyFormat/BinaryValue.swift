import ReportModel

/// Converts one value of the binary format to text.
///
/// Called for tens of millions of values: it writes into the caller's memory, which the next value overwrites.
struct BinaryValue {
  /// Bytes; longer than the longest `numeric`, which has 131,072 digits, a point and 16,383 decimals.
  static let room = 160_000

  private let output: UnsafeMutablePointer<UInt8>
  private var count = 0

  /// - Parameter output: at least `room` bytes.
  init(into output: UnsafeMutablePointer<UInt8>) { self.output = output }

  /// - Returns: the text, valid until the next value is written into the same memory; of a `bytea` its beginning, see `moreLetters`.
  /// - Throws: `CopyTextError` for a field whose length does not match its type.
  mutating func text(of field: UnsafeBufferPointer<UInt8>, _ type: BinaryType) throws -> UnsafeBufferPointer<
    UInt8
  > {
    var value = BinaryReader(field)
    switch type {
    case .text, .jsonb: return try Self.text(of: field, type)
    case .bytea:
      putHex(field)
      return UnsafeBufferPointer(start: output, count: count)
    case .boolean: put(try value.integer(UInt8.self) == 0 ? UInt8(ascii: "f") : UInt8(ascii: "t"))
    case .int16: putNumber(Int64(try value.integer(Int16.self)))
    case .int32: putNumber(Int64(try value.integer(Int32.self)))
    case .int64: putNumber(try value.integer(Int64.self))
    case .numeric: try putNumeric(&value)
    case .date: putDate(try value.integer(Int32.self))
    case .timestamp: putTimestamp(try value.integer(Int64.self))
    case .uuid: try putUUID(&value)
    }
    guard value.isAtEnd else { throw CopyTextError.truncated }
    return UnsafeBufferPointer(start: output, count: count)
  }

  /// The text of a value that contains it: `text`, and `jsonb` behind the number of its format.
  @inline(__always)
  static func text(of field: UnsafeBufferPointer<UInt8>, _ type: BinaryType) throws -> UnsafeBufferPointer<
    UInt8
  > {
    guard type == .jsonb else { return field }
    guard field.first == 1 else { throw CopyTextError.truncated }
    return UnsafeBufferPointer(rebasing: field.dropFirst())
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    output[count] = byte
    count += 1
  }

  private mutating func put(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { put(text.utf8Start[index]) }
  }

  // MARK: Bytes

  /// The digits of `bytea` that `text` leaves out because they do not fit into the memory.
  static func moreLetters(of field: UnsafeBufferPointer<UInt8>, _ type: BinaryType) -> Int {
    type == .bytea ? 2 * max(0, field.count - shownBytes) : 0
  }

  private static let shownBytes = (room - HexText.prefix.count) / 2

  private mutating func putHex(_ field: UnsafeBufferPointer<UInt8>) {
    for byte in HexText.prefix { put(byte) }
    let shown = field.prefix(Self.shownBytes)
    HexText.put(shown, into: output + count)
    count += 2 * shown.count
  }

  private mutating func putUUID(_ value: inout BinaryReader) throws {
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 { put(UInt8(ascii: "-")) }
      let byte = try value.integer(UInt8.self)
      put(HexText.digit(byte >> 4))
      put(HexText.digit(byte & 15))
    }
  }

  // MARK: Numbers

  private mutating func putNumber(_ number: Int64) {
    if number < 0 { put(UInt8(ascii: "-")) }
    let magnitude = number.magnitude
    // At most 2⁶³, so the power of ten does not overflow.
    var (width, power) = (1, UInt64(10))
    while magnitude >= power { (width, power) = (width &+ 1, power &* 10) }
    putDigits(magnitude, width: width)
  }

  /// - Parameter width: the number of digits, with leading zeros.
  @inline(__always)
  private mutating func putDigits(_ number: UInt64, width: Int) {
    var (rest, left) = (number, width)
    let end = count &+ width
    while left >= 2 {
      left &-= 2
      count = end &- width &+ left
      putPair(UInt32(truncatingIfNeeded: rest % 100))
      rest /= 100
    }
    if left > 0 { output[end &- width] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest) }
    count = end
  }

  /// Two digits; the number is less than 100.
  @inline(__always)
  private mutating func putPair(_ number: UInt32) {
    let tens = number / 10
    output[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens)
    output[count &+ 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number &- tens &* 10)
    count &+= 2
  }

  /// A digit of base 10,000, with leading zeros.
  @inline(__always)
  private mutating func putFour(_ number: UInt16) {
    let hundreds = UInt32(number) / 100
    putPair(hundreds)
    putPair(UInt32(number) &- hundreds &* 100)
  }

  /// Reads `numeric_send`'s format: digits of base 10,000, the first with the value `10000^weight`, and the number of
  /// decimals to show.
  private mutating func putNumeric(_ value: inout BinaryReader) throws {
    let sent = Int(try value.integer(Int16.self))
    let weight = Int(try value.integer(Int16.self))
    let sign = try value.integer(UInt16.self)
    let scale = Int(try value.integer(UInt16.self))
    switch sign {
    case 0xC000: return put("NaN")
    case 0xD000: return put("Infinity")
    case 0xF000: return put("-Infinity")
    case 0x4000: put(UInt8(ascii: "-"))
    default: break
    }
    guard scale <= 16_383, sent >= 0 else { throw CopyTextError.truncated }
    let digits = UnsafeRawBufferPointer(try value.field(2 * sent))
    /// The digit at `10000^place`. Leading and trailing zeros are not sent.
    func digit(at place: Int) -> UInt16 {
      let index = weight - place
      guard index >= 0, index < sent else { return 0 }
      return UInt16(bigEndian: digits.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    }
    if weight >= 0 { putNumber(Int64(digit(at: weight))) } else { put(UInt8(ascii: "0")) }
    var place = weight - 1
    while place >= 0 {
      putFour(digit(at: place))
      place -= 1
    }
    guard scale > 0 else { return }
    put(UInt8(ascii: "."))
    place = -1
    let end = count + scale
    while count < end {
      putFour(digit(at: place))
      place -= 1
    }
    count = end
  }

  // MARK: Dates

  /// - Parameter day: days since 2000-01-01.
  private mutating func putDate(_ day: Int32) {
    switch day {
    case .max: put("infinity")
    case .min: put("-infinity")
    default: if putDay(Int(day)) { put(" BC") }
    }
  }

  /// - Parameter microseconds: since 2000-01-01 00:00:00.
  private mutating func putTimestamp(_ microseconds: Int64) {
    guard microseconds != .max else { return put("infinity") }
    guard microseconds != .min else { return put("-infinity") }
    let perDay: Int64 = 86_400_000_000
    var (day, time) = microseconds.quotientAndRemainder(dividingBy: perDay)
    if time < 0 { (day, time) = (day - 1, time + perDay) }
    let isBeforeChrist = putDay(Int(day))
    put(UInt8(ascii: " "))
    let seconds = UInt32(truncatingIfNeeded: time / 1_000_000)
    putPair(seconds / 3600)
    put(UInt8(ascii: ":"))
    putPair(seconds / 60 % 60)
    put(UInt8(ascii: ":"))
    putPair(seconds % 60)
    let fraction = time % 1_000_000
    if fraction > 0 {
      put(UInt8(ascii: "."))
      putDigits(UInt64(fraction), width: 6)
      while output[count - 1] == UInt8(ascii: "0") { count -= 1 }
    }
    if isBeforeChrist { put(" BC") }
  }

  /// - Returns: whether the year is before Christ; ` BC` then follows at the end of the value.
  private mutating func putDay(_ day: Int) -> Bool {
    let (year, month, dayOfMonth) = CivilDay.components(daysSinceEpoch: day + 10_957)
    let shown = year > 0 ? year : 1 - year
    if shown < 10_000 { putFour(UInt16(shown)) } else { putNumber(Int64(shown)) }
    put(UInt8(ascii: "-"))
    putPair(UInt32(month))
    put(UInt8(ascii: "-"))
    putPair(UInt32(dayOfMonth))
    return year <= 0
  }
}
