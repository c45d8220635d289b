import Testing

@testable import PostgresClient

@Suite struct WALPositionTests {
  @Test(
    "a position survives the way from text and back",
    arguments: [("0/0", 0), ("0/5C0000A8", 0x5C00_00A8), ("1/0", 1 << 32), ("FFFFFFFF/FFFFFFFF", UInt64.max)])
  func text(_ text: String, _ value: UInt64) throws {
    let position = try #require(WALPosition(text))
    #expect(position.rawValue == value)
    #expect(position.description == text)
  }

  @Test(
    "what is no position is refused",
    arguments: ["", "0", "/", "0/", "/0", "0/0/0", "+1/0", "0/-1", "0/123456789", "G/0", " 0/0"])
  func refusesWhatIsNoPosition(_ text: String) { #expect(WALPosition(text) == nil) }

  struct Rounding {
    var position: WALPosition
    var segmentBytes: UInt64 = 16 << 20
    var expected: WALPosition
  }

  @Test(
    "only a position just past a page header is rounded down",
    arguments: [
      // The first page of a segment has a header of 40 bytes, the others of 24.
      Rounding(position: at(0x5C00_0028), expected: at(0x5C00_0000)),
      Rounding(position: at(0x5C00_0018), expected: at(0x5C00_0018)),
      Rounding(position: at(0x5C00_2018), expected: at(0x5C00_2000)),
      Rounding(position: at(0x5C00_2028), expected: at(0x5C00_2028)),
      Rounding(position: at(0x5C00_2000), expected: at(0x5C00_2000)),
      Rounding(position: at(0x5C00_00A8), expected: at(0x5C00_00A8)),
      // Segments of 1 MiB begin where those of 16 MiB do not.
      Rounding(position: at(0x5C10_0028), segmentBytes: 1 << 20, expected: at(0x5C10_0000)),
      Rounding(position: at(0x5C10_0028), expected: at(0x5C10_0028)),
    ])
  func rounding(_ example: Rounding) {
    #expect(example.position.roundedToPageStart(segmentBytes: example.segmentBytes) == example.expected)
  }

  @Test("positions compare as numbers, not as text")
  func order() {
    #expect(at(0x9) < at(0x10))
    #expect(at(0xFFFF_FFFF) < at(1 << 32))
    #expect(at(5) - at(7) == -2)
  }
}

private func at(_ value: UInt64) -> WALPosition { WALPosition(rawValue: value) }
