import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct RowDifferenceTests {
    @Test(
      "more than a fifth and more than 100 rows are too many to lose",
      arguments: [
        (100, 100, false), (101, 101, true), (101, 505, false), (101, 504, true), (0, 0, false),
        (1000, 5001, false),
        (1001, 5000, true),
      ])
    func shrink(_ removed: Int, _ published: Int, _ expected: Bool) {
      let difference = RowDifference(
        paired: published - removed, removed: removed, kept: 0, added: 0, changed: 0, published: published,
        deletable: published)
      #expect(difference.shrinksTooMuch(isKeyed: true) == expected)
      #expect(difference.shrinksTooMuch(isKeyed: false) == expected)
    }

    @Test("without a key a changed row is one removed and one added, which is no loss")
    func unkeyed() {
      let changed = RowDifference(
        paired: 0, removed: 500, kept: 0, added: 450, changed: 0, published: 500, deletable: 500)
      #expect(!changed.shrinksTooMuch(isKeyed: false))
      #expect(changed.shrinksTooMuch(isKeyed: true))
    }

    @Test("a merge may lose no more of an interval than a fifth of that interval")
    func interval() {
      let difference = RowDifference(
        paired: 100_000, removed: 150, kept: 0, added: 0, changed: 0, published: 100_150,
        deletable: 200)
      #expect(difference.shrinksTooMuch(isKeyed: true))
    }

    @Test("a published row that met two staged rows shows a key staged twice")
    func duplicates() {
      func has(paired: Int, removed: Int, kept: Int, published: Int) -> Bool {
        RowDifference(
          paired: paired, removed: removed, kept: kept, added: 9, changed: 0, published: published,
          deletable: removed
        )
        .hasDuplicateKeys
      }
      #expect(!has(paired: 3, removed: 1, kept: 1, published: 5))
      #expect(has(paired: 4, removed: 1, kept: 1, published: 5))
      #expect(!has(paired: 0, removed: 0, kept: 0, published: 0))
    }
  }
}
