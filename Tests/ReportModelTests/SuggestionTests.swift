import ReportModel
import Testing

@Suite struct SuggestionTests {
  static let names: [(name: String, candidates: [String], expected: String?)] = [
    ("lookbak", ["lookback", "batch"], "lookback"),  // one character is missing
    ("lookbackk", ["lookback"], "lookback"),  // one too many
    ("lookbacl", ["lookback"], "lookback"),  // one is another
    ("loobkack", ["lookback"], "lookback"),  // two neighbours are swapped
    ("LookBack", ["lookback"], "lookback"),  // case does not count
    ("sales-by-rgoin", ["sales-by-region"], "sales-by-region"),
    ("cav", ["csv"], "csv"),  // one edit of three characters is a third
    ("cvs", ["csv"], "csv"),  // a swap is one edit
    ("cas", ["csv"], nil),  // two edits are more than a third
    ("b", ["a"], "a"),  // one edit is always near enough
    ("rowz", ["row", "rows"], "row"),  // of names that are equally near, the first
    ("sales", ["sales"], nil),  // the name itself is no suggestion
    ("sales", ["stock", "prices"], nil),
    ("sales", [], nil),
  ]

  @Test("the nearest name is suggested when at most a third of its characters differ", arguments: names)
  func nearest(_ name: String, _ candidates: [String], _ expected: String?) {
    #expect(Suggestion.nearest(to: name, among: candidates) == expected)
    #expect(Suggestion.hint(for: name, among: candidates) == expected.map { "Did you mean \"\($0)\"?" })
  }
}
