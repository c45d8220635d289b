import ReportModel
import Testing

@testable import ReportExport

@Suite struct PrintLayoutTests {
  @Test(
    "a wide table lies, then gets a smaller font, then has a block for each row",
    arguments: [(1, .portrait), (7, .portrait), (8, .landscape(8.5)), (12, .landscape(7.9)), (16, .blocks)]
      as [(Int, PrintLayout)])
  func layouts(_ count: Int, _ expected: PrintLayout) {
    let columns = (0..<count).map { PageColumn(name: "c\($0)", format: .money, isNumeric: true) }
    #expect(PrintLayout(columns) == expected)
  }

  @Test("a title cannot end the string or the style sheet that it stands in")
  func titles() {
    let columns = (0..<20).map {
      PageColumn(name: "c\($0)", title: "\"}</style>Цена\n\\", format: .money, isNumeric: true)
    }
    let style = PrintLayout(columns).style(columns)
    #expect(
      style.contains(
        ".rows td:nth-child(20)::before{content:\"\\22 \\7d \\3c \\2f style\\3e \\426 \\435 \\43d \\430 \\a \\5c \"}"
      ))
    #expect(!style.contains("<"))
  }
}
