/// How many rows a publish wrote.
package struct RowCounts: Hashable, Sendable, Codable {
  /// Rows that the replica sent.
  package var read: Int
  package var inserted: Int
  package var updated: Int
  package var deleted: Int
  var unchanged: Int

  package init(read: Int = 0, inserted: Int = 0, updated: Int = 0, deleted: Int = 0, unchanged: Int = 0) {
    self.read = read
    self.inserted = inserted
    self.updated = updated
    self.deleted = deleted
    self.unchanged = unchanged
  }
}

extension RowCounts {
  /// Adds the counts of another publish.
  package static func += (left: inout RowCounts, right: RowCounts) {
    left.read += right.read
    left.inserted += right.inserted
    left.updated += right.updated
    left.deleted += right.deleted
    left.unchanged += right.unchanged
  }
}
