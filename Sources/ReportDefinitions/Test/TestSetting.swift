import ReportModel

/// The intervals, parameters and given rows of a test, or of a file for all its tests.
struct TestSetting {
  /// Nil without `date`, `from` and `to`.
  var intervals: [Interval]?
  var parameters: [String: Parameter.Value] = [:]
  var given: [GivenRows] = []

  /// - Returns: this setting, and the other one's where it says nothing.
  func over(_ other: TestSetting) -> TestSetting {
    let tables = Set(given.map(\.table))
    return TestSetting(
      intervals: intervals ?? other.intervals,
      parameters: parameters.merging(other.parameters) { own, _ in own },
      given: given + other.given.filter { !tables.contains($0.table) })
  }
}
