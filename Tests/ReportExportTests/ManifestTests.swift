import Foundation
import ReportExport
import ReportModel
import TestSupport
import Testing

@Suite struct ManifestTests {
  private var manifest: Manifest {
    Manifest(
      report: "sales-daily", title: "Продажи \"за день\"\u{1}",
      interval: .init(name: "2026-11-22", start: CalendarDate("2026-11-22"), end: CalendarDate("2026-11-23")),
      parameters: [
        .init(Parameter(name: "region", type: .text), value: .scalar("RU")),
        .init(
          Parameter(name: "days", type: .date, isList: true), value: .list(["2026-11-01", "2026-11-02"])),
        .init(Parameter(name: "none", type: .text, isList: true), value: .list([])),
        .init(Parameter(name: "limit", type: .integer), value: .null),
      ], sql: "select 1\n  as \"x\\y\"", fingerprint: Samples.fingerprint, run: Samples.run, attempt: 3,
      asOf: .init(
        position: "0/5C0000A8", time: "2026-11-23T04:30:12.123456+03:00", timeline: 1,
        snapshot: "00000003-0000001B-1", replica: "pg1"), rows: 4,
      columns: [
        .init(name: "purchase_date", type: "date", title: "Day"),
        .init(name: "n", type: "numeric(14,2)", title: nil),
      ], publishedAt: "2026-11-23T04:30:15+03:00",
      table: QualifiedName(schema: "reports", name: "sales_daily"),
      files: [
        .init(name: "sales-daily.csv", bytes: 120, sha256: String(repeating: "0", count: 64), rows: 4),
        .init(name: "sales-daily.html", bytes: 9, sha256: String(repeating: "f", count: 64), rows: nil),
      ], generator: "reportgen 0.1.0")
  }

  @Test("the manifest's keys have a fixed order, and equal values give equal bytes")
  func golden() throws { try expectGolden(manifest.json, "export/manifest.json") }

  @Test("a manifest decoded from its text is equal, also through Codable")
  func roundTrip() throws {
    #expect(try Manifest(json: Array(manifest.json.utf8)) == manifest)
    let encoded = try JSONEncoder().encode(manifest)
    #expect(try JSONDecoder().decode(Manifest.self, from: encoded) == manifest)
    let keys = { (data: Data) in
      try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any]).keys.sorted()
    }
    #expect(try keys(encoded) == keys(Data(manifest.json.utf8)))
  }

  @Test("a manifest of a newer format is refused")
  func newerFormat() throws {
    let newer = manifest.json.replacing("\"format\": 1", with: "\"format\": 2")
    #expect(throws: DecodingError.self) { try Manifest(json: Array(newer.utf8)) }
  }
}
