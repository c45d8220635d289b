import ReportModel

/// Sums over some rows of the page's interval. The sums of two groups, such as currencies, must not be added.
package struct TotalsGroup: Hashable, Sendable {
  /// One sum, and what led to it.
  package struct Measure: Hashable, Sendable {
    /// Of the column.
    package var name: String
    /// nil is NULL.
    package var value: String?
    /// Of the interval to compare with; nil when it has no value.
    package var base: String?
    /// Of the intervals up to the page's own, which is the last; nil for an interval without a value. Empty for no history.
    package var history: [String?]

    package init(name: String, value: String?, base: String? = nil, history: [String?] = []) {
      self.name = name
      self.value = value
      self.base = base
      self.history = history
    }
  }

  /// The values that the rows have in common, such as the currency; empty for sums over all rows.
  package var label: [NamedValue]
  /// In the order to show.
  package var sums: [Measure]

  package init(label: [NamedValue], sums: [Measure]) {
    self.label = label
    self.sums = sums
  }
}

/// The sums at the top of a page.
package struct PageTotals: Hashable, Sendable {
  /// The most important first; empty for no totals.
  package var groups: [TotalsGroup]
  /// How many groups there are, also those that `groups` leaves out.
  package var count: Int
  /// The interval that the sums are compared with; nil for none.
  package var comparison: Interval?
  /// The intervals of the groups' histories; empty for none.
  package var intervals: [Interval]

  /// - Parameter count: nil for that of `groups`.
  package init(
    groups: [TotalsGroup] = [], count: Int? = nil, comparison: Interval? = nil, intervals: [Interval] = []
  ) {
    self.groups = groups
    self.count = count ?? groups.count
    self.comparison = comparison
    self.intervals = intervals
  }
}
