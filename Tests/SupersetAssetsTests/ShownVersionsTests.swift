import SupersetAssets
import Testing

@Suite struct ShownVersionsTests {
  private static let url = "http://127.0.0.1:8088"
  private static let shown = ShownVersions(url: url, datasets: ["a": "1", "b": "1", "gone": "1"])

  @Test("datasets with new rows or without an entry are owed")
  func owed() {
    #expect(Self.shown.owed(["a": "1", "b": "2", "c": "1"]) == ["b", "c"])
    #expect(Self.shown.owed([:]) == [])
    #expect(ShownVersions(url: Self.url).owed(["b": "1", "a": "1"]) == ["a", "b"])
  }

  @Test("the file keeps the entries of one Superset")
  func roundTrip() {
    #expect(ShownVersions(url: Self.url, reading: Self.shown.text) == Self.shown)
    #expect(
      ShownVersions(url: "http://other", reading: Self.shown.text) == ShownVersions(url: "http://other"))
  }

  @Test(
    "with a missing or invalid file every dataset is owed",
    arguments: [nil, "", "{", "[]", #"{"url": 1}"#, #"{"url": "http://127.0.0.1:8088"}"#])
  func spoiled(text: String?) {
    #expect(ShownVersions(url: Self.url, reading: text) == ShownVersions(url: Self.url))
  }
}
