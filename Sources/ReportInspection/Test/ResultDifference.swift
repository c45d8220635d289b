/// How a report's result differs from what a test expects.
struct ResultDifference: Sendable, Hashable {
  /// One row of the comparison, values by column.
  struct Item: Sendable, Hashable {
    enum Kind: String, Sendable, Codable {
      /// An expected row, and the row of the result that is most similar to it.
      case different
      /// An expected row that is not in the result.
      case missing
      /// A row of the result that was not expected.
      case unexpected
      /// The first row that is not in its place.
      case order
    }

    var kind: Kind
    /// Of the expected row in the test file.
    var line: Int?
    /// Without the columns that the test does not name.
    var expected: [String: String?]?
    var actual: [String: String?]?
    /// Where the two differ, in the order of the result.
    var columns: [String]
  }

  /// The columns that the test names, or all, in the order of the result.
  var columns: [String]
  var items: [Item]
  var expectedCount: Int
  var actualCount: Int

  /// `1 row differs, 2 are missing, 1 was not expected`.
  var headline: String {
    guard !items.contains(where: { $0.kind == .order }) else { return "the rows came in another order" }
    let kinds: [(Item.Kind, one: String, many: String)] = [
      (.different, "differs", "differ"), (.missing, "is missing", "are missing"),
      (.unexpected, "was not expected", "were not expected"),
    ]
    var parts: [String] = []
    for (kind, one, many) in kinds {
      let count = items.count { $0.kind == kind }
      guard count > 0 else { continue }
      let noun = parts.isEmpty ? (count == 1 ? " row" : " rows") : ""
      parts.append("\(count)\(noun) \(count == 1 ? one : many)")
    }
    return parts.joined(separator: ", ")
  }
}
