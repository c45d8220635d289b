/// A byte position in a cluster's write-ahead log, `pg_lsn` in SQL; comparable only within one timeline.
package struct WALPosition: Hashable, Comparable, Sendable, LosslessStringConvertible, Codable {
  /// Bytes since the start of the write-ahead log.
  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Parses `0/5C0000A8`: two hexadecimal numbers of one to eight digits. nil for any other text.
  package init?(_ description: String) {
    let halves = description.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let high = Self.half(halves[0]), let low = Self.half(halves[1]) else {
      return nil
    }
    self.init(rawValue: UInt64(high) << 32 | UInt64(low))
  }

  private static func half(_ digits: Substring) -> UInt32? {
    guard (1...8).contains(digits.utf8.count), !digits.hasPrefix("+") else { return nil }
    return UInt32(digits, radix: 16)
  }

  /// `0/5C0000A8`, in the server's format.
  package var description: String {
    String(rawValue >> 32, radix: 16, uppercase: true) + "/"
      + String(rawValue & 0xFFFF_FFFF, radix: 16, uppercase: true)
  }

  /// The start of the page when the position is just past that page's header, otherwise the position itself.
  ///
  /// The insert position of an idle primary can be just past a page header that has not been written yet. No replica
  /// replays that far. No record ends inside a header, so the rounded position covers the same records.
  /// - Parameter segmentBytes: the cluster's `wal_segment_size`. The first page of a segment has a header of 40 bytes, the
  ///   others of 24.
  package func roundedToPageStart(segmentBytes: UInt64 = 16 << 20) -> WALPosition {
    let pageBytes: UInt64 = 8192
    let headerBytes: UInt64 = rawValue % segmentBytes < pageBytes ? 40 : 24
    return rawValue % pageBytes == headerBytes ? WALPosition(rawValue: rawValue - headerBytes) : self
  }

  /// Bytes from `right` to `left`; negative when `left` is earlier.
  package static func - (left: Self, right: Self) -> Int {
    Int(truncatingIfNeeded: left.rawValue &- right.rawValue)
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Decodes the text form.
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = WALPosition(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is not a WAL position"))
    }
    self = value
  }

  /// Encodes the text form.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
