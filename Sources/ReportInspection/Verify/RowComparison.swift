import Foundation
import ReportExport
import ReportModel

/// Compares two streams of rows in COPY text format that are both in the order of their key, in constant memory: of
/// each it holds one chunk.
///
/// The order is that of the key fields' bytes, NULL first, field by field; rows of equal keys are paired one by one, so
/// that rows without a key, all of whose fields are key, are compared as a multiset. Almost all rows are equal to the
/// byte and are never decoded.
struct RowComparison {
  /// Collects each row that differs.
  private(set) var drift: DriftCollector

  private var computed = RowBuffer()
  private var published = RowBuffer()
  private let decoder: CopyTextDecoder

  init(drift: DriftCollector) {
    self.drift = drift
    decoder = CopyTextDecoder(columns: drift.fields.count)
  }

  /// - Throws: what the sources throw; `RunError` when rows do not come in order.
  mutating func run(_ computedRows: any CopySource, _ publishedRows: any CopySource) async throws {
    while true {
      if computed.isUsedUp { computed.append(try await computedRows.next()) }
      if published.isUsedUp { published.append(try await publishedRows.next()) }
      try Task.checkCancellation()
      guard !(computed.isAtEnd && published.isAtEnd) else { return }
      try compareChunks()
    }
  }

  /// Compares until the rows of one side are used up; once a side has ended, until those of the other are.
  private mutating func compareChunks() throws {
    while true {
      let equalBytes = RowBuffer.equalBytes(computed, published)
      computed.advance(bytes: equalBytes)
      published.advance(bytes: equalBytes)
      switch (computed.row, published.row) {
      case (let left?, let right?): try takeDifferent(left, right)
      case (let left?, nil) where published.isAtEnd: try takeMissing(left)
      case (nil, let right?) where computed.isAtEnd: try takeExtra(right)
      default: return
      }
    }
  }

  private mutating func takeDifferent(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) throws {
    let order = try compareKeys(left, right)
    if order < 0 { return try takeMissing(left) }
    if order > 0 { return try takeExtra(right) }
    try reading(left) { left in
      try reading(right) { right in drift.different(computed: left, published: right) }
    }
    computed.advance(bytes: left.count)
    published.advance(bytes: right.count)
  }

  private mutating func takeMissing(_ row: ArraySlice<UInt8>) throws {
    try requireOrder(computed, row)
    try reading(row) { drift.missing($0) }
    computed.advance(bytes: row.count)
  }

  private mutating func takeExtra(_ row: ArraySlice<UInt8>) throws {
    try requireOrder(published, row)
    try reading(row) { drift.extra($0) }
    published.advance(bytes: row.count)
  }

  /// In another order equal rows would look like drift. Equal rows need no test.
  private func requireOrder(_ buffer: RowBuffer, _ row: ArraySlice<UInt8>) throws {
    guard let previous = buffer.previousRow, try compareKeys(previous, row) > 0 else { return }
    throw RunError(
      .bug, Diagnostic("rows did not come in the order of their key", detail: "The comparison was stopped."))
  }

  private func compareKeys(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) throws -> Int {
    var order = 0
    try reading(left) { left in
      try reading(right) { right in
        for field in 0..<drift.keyFields where order == 0 {
          order = Self.compare(left.bytes(field), right.bytes(field))
        }
      }
    }
    return order
  }

  private func reading(_ row: ArraySlice<UInt8>, _ body: (CopyTextDecoder.Row) throws -> Void) throws {
    try decoder.forEachRow(in: Array(row)) { row in
      try body(row)
      return true
    }
  }

  /// As PostgreSQL orders text under COLLATE "C" with NULLS FIRST.
  static func compare(_ left: UnsafeBufferPointer<UInt8>?, _ right: UnsafeBufferPointer<UInt8>?)
    -> Int
  {
    guard let left, let right else { return (left == nil ? 0 : 1) - (right == nil ? 0 : 1) }
    let common = min(left.count, right.count)
    if common > 0, let first = left.baseAddress, let second = right.baseAddress {
      let order = memcmp(first, second, common)
      if order != 0 { return Int(order) }
    }
    return left.count - right.count
  }
}

/// The rows of one side that are in memory: the rest of one chunk, and the last row of the one before.
struct RowBuffer {
  private static let lineFeed = UInt8(ascii: "\n")

  private var chunk: [UInt8] = []
  private var start = 0
  private var lastRow: ArraySlice<UInt8>?
  private(set) var isAtEnd = false

  /// More rows are needed, and may come.
  var isUsedUp: Bool { start == chunk.count && !isAtEnd }

  /// The current row with its line feed; nil when the chunk is used up.
  var row: ArraySlice<UInt8>? {
    chunk[start...].firstIndex(of: Self.lineFeed).map { chunk[start...$0] }
  }

  var previousRow: ArraySlice<UInt8>? {
    guard start > 0 else { return lastRow }
    let before = chunk[..<(start - 1)].lastIndex(of: Self.lineFeed).map { $0 + 1 } ?? 0
    return chunk[before..<start]
  }

  /// - Parameter next: whole rows; nil for the end of all.
  mutating func append(_ next: [UInt8]?) {
    // A copy, since a slice would keep the whole chunk in memory.
    lastRow = previousRow.map { ArraySlice(Array($0)) }
    chunk = next ?? []
    start = 0
    isAtEnd = next == nil
  }

  mutating func advance(bytes: Int) { start += bytes }

  /// The length of the whole rows at the beginning of both sides that are equal to the byte.
  static func equalBytes(_ left: RowBuffer, _ right: RowBuffer) -> Int {
    let count = min(left.chunk.count - left.start, right.chunk.count - right.start)
    let common = left.chunk.withUnsafeBytes { one in
      right.chunk.withUnsafeBytes { other in
        commonBytes(one[left.start..<(left.start + count)], other[right.start..<(right.start + count)])
      }
    }
    let end = left.chunk[left.start..<(left.start + common)].lastIndex(of: lineFeed)
    return end.map { $0 + 1 - left.start } ?? 0
  }

  private static func commonBytes(
    _ one: Slice<UnsafeRawBufferPointer>, _ other: Slice<UnsafeRawBufferPointer>
  )
    -> Int
  {
    let (left, right) = (UnsafeRawBufferPointer(rebasing: one), UnsafeRawBufferPointer(rebasing: other))
    var index = 0
    while index + 8 <= left.count,
      left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    {
      index += 8
    }
    while index < left.count, left[index] == right[index] { index += 1 }
    return index
  }
}
