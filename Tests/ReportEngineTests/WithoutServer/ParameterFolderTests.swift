import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct ParameterFolderTests {
    static let report = Sample.report(parameters: [
      Parameter(name: "region", type: .text), Parameter(name: "ids", type: .integer, isList: true),
    ])

    private func name(_ values: [String: Parameter.Value]) -> String {
      ParameterFolder.name(base: "2026-11-22", report: Self.report, values: values)
    }

    @Test("plain values are readable, in the order of the definition")
    func plain() {
      #expect(name(["region": .scalar("EU")]) == "2026-11-22+region=EU")
      #expect(name(["region": .null]) == "2026-11-22+region=null")
      #expect(
        name(["ids": .list(["1", "2"]), "region": .scalar("EU")]).hasPrefix("2026-11-22+region=EU+ids=1-2-"))
      #expect(name([:]) == "2026-11-22")
    }

    @Test("two values never share a folder, and none leads out of it")
    func distinct() {
      let long = String(repeating: "x", count: 90)
      let values: [Parameter.Value] = [
        .null, .scalar("null"), .scalar(""), .scalar("../.."), .scalar("a/b"), .scalar("a-b"), .scalar("a b"),
        .scalar("Москва"), .scalar("Минск!"), .scalar(long), .scalar(long + "y"), .scalar("🛒"),
      ]
      let lists: [Parameter.Value] = [
        .list(["1-2"]), .list(["1", "2"]), .list([]), .list([""]), .list(["1,2"]),
      ]
      let names =
        values.map { name(["region": $0]) } + lists.map { name(["region": $0]) }
        + values.map { name(["region": $0, "ids": .list([long])]) }
      #expect(Set(names).count == names.count)
      for name in names {
        #expect(name.utf8.count <= 100)
        #expect(name.wholeMatch(of: #/2026-11-22(\+[a-z]+=[A-Za-z0-9_-]*)+/#) != nil, "\(name)")
      }
    }

    @Test("names of parameters in any script are told apart, too")
    func names() {
      let names = ["скидка", "наценка", "no_of_items", "a", String(repeating: "n", count: 60)]
      let folders = names.map { name in
        ParameterFolder.name(
          base: "2026-11-22", report: Sample.report(parameters: [Parameter(name: name, type: .integer)]),
          values: [name: .scalar("-5")])
      }
      #expect(Set(folders).count == names.count)
      #expect(folders[2] == "2026-11-22+no_of_items=-5")
      for folder in folders {
        #expect(folder.wholeMatch(of: #/2026-11-22\+[A-Za-z0-9_-]+=-5/#) != nil, "\(folder)")
      }
    }
  }
}
