import Foundation
import ReportModel
import TestSupport
import Testing

@testable import SupersetAssets

@Suite struct BundleTests {
  @Test("the bundle of a project, file by file")
  func golden() async throws {
    let bundle = try await Shop.bundle()
    let text = bundle.files.map { "=== \($0.path)\n\($0.text)" }.joined()
    try expectGolden(text, "superset/bundle.txt")
  }

  @Test("equal definitions give equal bytes")
  func sameBytes() async throws {
    #expect(try await Shop.bundle().zip == Shop.bundle().zip)
  }

  @Test("the UUID of an asset does not depend on its title")
  func stableIDs() async throws {
    let renamed = Shop.yaml.replacing("title: By week", with: "title: Renamed")
    let (old, new) = (try await Shop.bundle(), try await Shop.bundle(yaml: renamed))
    #expect(old.assets.map(\.id) == new.assets.map(\.id))
    #expect(old.zip != new.zip)
  }

  @Test("two projects share assets only when their connections have the same name")
  func projects() async throws {
    let (one, other) = (try await Shop.bundle(), try await Shop.bundle(name: "other"))
    #expect(Set(one.assets.map(\.id)).isDisjoint(with: other.assets.map(\.id)))
  }

  @Test("every chart of a dashboard is in the bundle, with a unique number")
  func references() async throws {
    let bundle = try await Shop.bundle()
    let charts = Set(bundle.assets.filter { $0.name.kind == .chart }.map(\.id.description))
    let position = try #require(bundle[AssetName(.dashboard, "shop")]?.content["position"])
    let nodes = position.members.filter { $0.1["type"]?.text == "CHART" }.compactMap { $0.1["meta"] }
    #expect(nodes.count == 6)
    #expect(nodes.allSatisfy { charts.contains($0["uuid"]?.text ?? "") })
    #expect(nodes.compactMap { $0["chartId"]?.integer } == Array(1...6))
  }

  @Test(
    "the twelve columns of a row are divided among its charts",
    arguments: [
      ([nil], [12]), ([nil, nil], [6, 6]), ([nil, nil, nil, nil, nil], [3, 3, 2, 2, 2]),
      ([7, nil, nil], [7, 3, 2]),
      ([4, nil], [4, 8]), ([3], [3]),
    ] as [([Int?], [Int])])
  func widths(given: [Int?], expected: [Int]) {
    let chart = Dashboard.ChartName(dataset: "a", chart: "b")
    #expect(DashboardLayout.widths(given.map { Dashboard.Place(chart: chart, width: $0) }) == expected)
  }

  @Test("titles and descriptions are translated, and nothing else")
  func translation() async throws {
    let (reports, dashboards) = try await Shop.definitions()
    let originals = AssetBundle.texts(reports: reports, dashboards: dashboards)
    let texts = Texts(
      locale: "ru", Dictionary(uniqueKeysWithValues: originals.map { ($0, "«\($0)»") }))
    let text = try await Shop.bundle(texts: texts).files.map(\.text).joined()
    // Each title and description is the quoted value of one of these keys.
    let keys = "(verbose_name|description|slice_name|dashboard_title|name|text)"
    let shown = try text.matches(of: Regex("\"\(keys)\": \"(.+)\"")).map {
      String($0.output[2].substring ?? "")
    }
    let untranslated = shown.filter { !$0.hasPrefix("«") }
    let own = ["Самые большие по «Units», не более 5.", "Первые строки, не более 50."]
      .map { $0.replacing("«Units»", with: "««Units»»") }
    #expect(
      Set(untranslated) == Set(["currency", "state"] + own), "names of columns, and words about limits")
    #expect(text.contains("%d.%m.%Y") && !text.contains("smart_date"))
    for original in originals { #expect(text.contains("«\(original)»".replacing("\"", with: "\\\""))) }
  }

  @Test("UUIDs of version 5 agree with RFC 4122")
  func uuid() {
    let dns = AssetID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    #expect(
      AssetID(namespace: dns, name: "www.example.com").description == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
  }

  @Test("an asset of ours is recognized by its certification")
  func certification() {
    let name = AssetName(.chart, "sales/by-week")
    #expect(Certification.name(in: Certification(name, owner: "x").details) == name)
    for details in [nil, "", "Checked (by me)", "Made from (chart sales/by-week)."] {
      #expect(Certification.name(in: details) == nil)
    }
  }
}
