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

  /// - Returns: the text, valid until the next value is written into the same memory.
  /// - Throws: `CopyTextError` for a field whose length does not match its type.
  mutating func text(of field: UnsafeBufferPointer<UInt8>, _ type: BinaryType) throws -> UnsafeBufferPointer<
    UInt8
  > {
    var value = BinaryReader(field)
    switch type {
    case .text: return field
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

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    output[count] = byte
    count += 1
  }

  private mutating func put(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { put(text.utf8Start[index]) }
  }

  private mutating func putUUID(_ value: inout BinaryReader) throws {
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 { put(UInt8(ascii: "-")) }
      let byte = try value.integer(UInt8.self)
      for digit in [byte >> 4, byte & 15] {
        put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }

  // MARK: Numbers

  private mutating func putNumber(_ number: Int64) {
    if number < 0 { put(UInt8(ascii: "-")) }
    let magnitude = number.magnitude
    var (width, rest) = (1, magnitude / 10)
    while rest > 0 { (width, rest) = (width + 1, rest / 10) }
    putDigits(magnitude, width: width)
  }

  /// - Parameter width: the number of digits, with leading zeros.
  @inline(__always)
  private mutating func putDigits(_ number: UInt64, width: Int) {
    var rest = number
    var index = count + width
    count = index
    for _ in 0..<width {
      index -= 1
      output[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
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
    guard weight < 32_768, scale <= 16_383 else { throw CopyTextError.truncated }
    var place = weight
    var read = 0
    /// The digit at `10000^place`. Leading and trailing zeros are not sent.
    func next() throws -> UInt64 {
      defer { place -= 1 }
      guard place <= weight, read < sent else { return 0 }
      read += 1
      return UInt64(try value.integer(UInt16.self))
    }
    if weight >= 0 { putNumber(Int64(try next())) } else { put(UInt8(ascii: "0")) }
    while place >= 0 { putDigits(try next(), width: 4) }
    guard scale > 0 else { return }
    put(UInt8(ascii: "."))
    place = -1
    let end = count + scale
    while count < end { putDigits(try next(), width: 4) }
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
    putDigits(UInt64(time / 3_600_000_000), width: 2)
    put(UInt8(ascii: ":"))
    putDigits(UInt64(time / 60_000_000 % 60), width: 2)
    put(UInt8(ascii: ":"))
    putDigits(UInt64(time / 1_000_000 % 60), width: 2)
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
    if shown < 10_000 { putDigits(UInt64(shown), width: 4) } else { putNumber(Int64(shown)) }
    put(UInt8(ascii: "-"))
    putDigits(UInt64(month), width: 2)
    put(UInt8(ascii: "-"))
    putDigits(UInt64(dayOfMonth), width: 2)
    return year <= 0
  }
}
