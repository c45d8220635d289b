/// How many rows a publish wrote.
package struct RowCounts: Hashable, Sendable, Codable {
  package var read: Int
  package var inserted: Int
  package var updated: Int
  package var deleted: Int
  package var unchanged: Int

  package init(read: Int = 0, inserted: Int = 0, updated: Int = 0, deleted: Int = 0, unchanged: Int = 0) {
    self.read = read
    self.inserted = inserted
    self.updated = updated
    self.deleted = deleted
    self.unchanged = unchanged
  }
}

extension RowCounts {
  package static func += (left: inout RowCounts, right: RowCounts) {
    left.read += right.read
    left.inserted += right.inserted
    left.updated += right.updated
    left.deleted += right.deleted
    left.unchanged += right.unchanged
  }
}
