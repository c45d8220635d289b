import ReportLedger
import ReportModel

extension Report {
  /// The published intervals that have files, newest first.
  ///
  /// Where a file shows the whole relation, that is the newest interval alone, with the run that wrote to the relation
  /// last: an older interval that was run again changes the same file.
  package func exported(of published: [PublishedInterval]) -> [PublishedInterval] {
    guard showsWholeRelation else { return Array(published.prefix(export.keep)) }
    guard var facts = published.first(where: \.isLatest) ?? published.first else { return [] }
    facts.interval = published.first?.interval
    return [facts]
  }
}
