/// What a failure left behind, for the sentence that ends a diagnostic's detail.
package enum FailureEffect: Hashable, Sendable {
  case nothingChanged
  case nothingPublished
  /// Rows that were published before the failure stay; the names of those intervals that the same run has published,
  /// such as `2026-01-01..2026-02-10`, or nil when only earlier runs have.
  case publishedStays(String?)

  package var sentence: String {
    switch self {
    case .nothingChanged: "Nothing was changed."
    case .nothingPublished: "Nothing was published."
    case .publishedStays(nil): "What was published before is unchanged."
    case .publishedStays(let names?): "This run has published \(names); what is published stays."
    }
  }

  /// Whether the sentence would be wrong once the run has published something.
  package var deniesChanges: Bool { self == .nothingChanged || self == .nothingPublished }
}
