import ReportModel

/// How a report's result differs from what a test expects.
public struct ResultDifference: Sendable, Hashable {
  /// One row of the comparison, values by column.
  public struct Item: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable {
      /// An expected row, and the row that came out instead.
      case different
      /// An expected row that did not come out.
      case missing
      /// A row that came out and was not expected.
      case unexpected
      /// The first row that is not in its place.
      case order
    }

    public var kind: Kind
    /// Of the expected row in the test file.
    public var line: Int?
    /// Without the columns that the test does not name.
    public var expected: [String: String?]?
    public var actual: [String: String?]?
    /// Where the two differ, in the order of the result.
    public var columns: [String]
  }

  /// The columns that the test names, or all, in the order of the result.
  public var columns: [String]
  public var items: [Item]
  public var expectedCount: Int
  public var actualCount: Int

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
