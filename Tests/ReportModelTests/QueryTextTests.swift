import ReportModel
import Testing

@Suite struct QueryTextTests {
  /// Cyrillic and emoji before, between and behind the places that are filled in.
  static let text = "select 'Привет 🛒' as ж,\n  :start as a, 'é' as b,\n  :start + :other as c, боль"
  static let query = QueryText(text: text, references: references(text, ["start", "other"]))

  static func references(_ text: String, _ names: [String]) -> [QueryText.Reference] {
    var found: [QueryText.Reference] = []
    for name in names {
      for range in text.ranges(of: ":" + name) {
        let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
        found.append(.init(name: name, utf8Range: start..<(start + name.utf8.count + 1)))
      }
    }
    return found.sorted { $0.utf8Range.lowerBound < $1.utf8Range.lowerBound }
  }

  @Test("every place of a name gets its literal; a name without one stays")
  func filled() {
    #expect(
      Self.query.filled(["start": "'ы🛒'::text"]).sql
        == "select 'Привет 🛒' as ж,\n  'ы🛒'::text as a, 'é' as b,\n  'ы🛒'::text + :other as c, боль")
    #expect(Self.query.filled([:]).sql == Self.text)
    #expect(QueryText(text: "", references: []).filled(["start": "1"]).sql == "")
  }

  @Test(
    "a position of the server leads to line and column of the file, in characters",
    arguments: [
      ("select", 1, 1), ("ж,", 1, 22), ("as a", 2, 10), ("'é'", 2, 16), ("as c", 3, 19), ("боль", 3, 25),
      // Inside of a literal it is where the name stands.
      ("🛒'::text as a", 2, 3), ("::text + ", 3, 3),
    ])
  func places(_ needle: String, _ line: Int, _ column: Int) throws {
    let filled = Self.query.filled(["start": "'длинная 🛒'::text", "other": "2"])
    let prefix = "COPY (\nжж"
    let sent = prefix + filled.sql
    let found = try #require(sent.firstRange(of: needle))
    let position = sent.unicodeScalars.distance(from: sent.startIndex, to: found.lowerBound) + 1
    #expect(
      filled.sourcePlace(serverPosition: position, prefix: prefix) == SourcePlace(line: line, column: column))
  }

  @Test("a position outside of the file's text has no place")
  func outside() {
    let filled = Self.query.filled([:])
    let end = filled.sql.unicodeScalars.count
    #expect(filled.sourcePlace(serverPosition: 3, prefix: "COPY (") == nil)
    #expect(filled.sourcePlace(serverPosition: 0, prefix: "") == nil)
    #expect(filled.sourcePlace(serverPosition: end, prefix: "") != nil)
    #expect(filled.sourcePlace(serverPosition: end + 1, prefix: "") == nil)
    #expect(filled.sourcePlace(serverPosition: .max, prefix: "COPY (") == nil)
  }
}
