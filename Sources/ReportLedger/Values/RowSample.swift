import Foundation
import ReportModel

/// One row that differs, for people who asked to see rows; never for the ledger or a log.
package struct RowSample: Hashable, Sendable, Codable {
  /// Longer values are cut, and end in `…`.
  package static let maxCharacters = 200

  /// A column's value that identifies the row.
  package struct Value: Hashable, Sendable, Codable {
    var column: String
    /// As PostgreSQL prints it; nil for NULL.
    var value: String?
  }

  /// A column whose value differs.
  package struct Change: Hashable, Sendable, Codable {
    var column: String
    /// What is published.
    var old: String?
    /// What the source gives.
    var new: String?

    package init(column: String, old: String?, new: String?) {
      self.column = column
      self.old = old
      self.new = new
    }
  }

  /// What names the row: its key, or all of it where the report has none.
  var key: [Value]
  /// The columns that differ; empty for a row that only one side has.
  package var changes: [Change] = []

  /// - Parameter values: one for each column, at most one character longer than what is shown.
  package init(columns: [String], values: [String?]) {
    key = zip(columns, values).map { Value(column: $0, value: $1.map(Self.cut)) }
  }

  /// The text as it is shown: at most `maxCharacters` Unicode scalars, then `…`.
  package static func cut(_ text: String) -> String {
    let end = text.unicodeScalars.index(
      text.startIndex, offsetBy: maxCharacters, limitedBy: text.unicodeScalars.endIndex)
    guard let end, end < text.endIndex else { return text }
    return String(text[..<end]) + "…"
  }

  /// `purchase_date 2026-11-22, currency RUB: total_amount 1.0 -> 1.00`.
  ///
  /// One line without control characters, whatever the names and values are.
  package var text: String {
    let names = key.map { "\($0.column.visible()) \(Self.shown($0.value))" }.joined(separator: ", ")
    guard !changes.isEmpty else { return names }
    let changes = changes.map {
      "\($0.column.visible()) \(Self.shown($0.old)) -> \(Self.shown($0.new))"
    }
    return "\(names): \(changes.joined(separator: ", "))"
  }

  /// Plain where it cannot be misread; in double quotes, with JSON's escapes, where it could be.
  static func shown(_ value: String?) -> String {
    guard let value else { return "null" }
    let isPlain =
      !value.isEmpty && value != "null" && value.first != " " && value.last != " " && value.visible() == value
      && !value.unicodeScalars.contains { "\",".unicodeScalars.contains($0) } && !value.contains("->")
    if isPlain { return value }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self).visibleJSON } ?? "?"
  }
}

/// Some of the rows that a publish would add, change or remove.
package struct RowSamples: Hashable, Sendable, Codable {
  /// Of each kind.
  package static let limit = 5

  /// At most `limit`; so are the others.
  package var added: [RowSample] = []
  package var changed: [RowSample] = []
  package var removed: [RowSample] = []

  package init() {}

  /// Adds those of another portion, as many as are shown.
  package static func += (left: inout RowSamples, right: RowSamples) {
    func joined(_ one: [RowSample], _ other: [RowSample]) -> [RowSample] {
      Array((one + other).prefix(Self.limit))
    }
    left.added = joined(left.added, right.added)
    left.changed = joined(left.changed, right.changed)
    left.removed = joined(left.removed, right.removed)
  }
}
