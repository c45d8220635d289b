import ReportEngine
import ReportLedger
import ReportModel

/// How a report's result differs from what a test expects.
package struct ResultDifference: Sendable, Hashable {
  /// One row of the comparison, values by column.
  package struct Item: Sendable, Hashable {
    package enum Kind: String, Sendable, Codable {
      /// An expected row, and the row that came out instead.
      case different
      /// An expected row that did not come out.
      case missing
      /// A row that came out and was not expected.
      case unexpected
      /// The first row that is not in its place.
      case order
    }

    package var kind: Kind
    /// Of the expected row in the test file.
    package var line: Int?
    /// Without the columns that the test does not name.
    package var expected: [String: String?]?
    package var actual: [String: String?]?
    /// Where the two differ, in the order of the result.
    package var columns: [String]
  }

  /// The columns that the test names, or all, in the order of the result.
  package var columns: [String]
  package var items: [Item]
  package var expectedCount: Int
  package var actualCount: Int

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
