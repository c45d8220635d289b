import ReportModel
import Testing

@Suite struct OrderedJSONTests {
  private func parse(_ text: String) -> String {
    do throws(OrderedJSON.Unreadable) { return try OrderedJSON(parsing: Array(text.utf8)).compact } catch {
      return "\(error)"
    }
  }

  @Test(
    "JSON is read as RFC 8259 has it; members come sorted, and the last of equal keys counts",
    arguments: [
      (" null ", "null"), ("[]", "[]"), ("{}", "{}"), ("[ 1 , -2,true\n,false]", "[1,-2,true,false]"),
      (#"{"b": 1, "a": {"c": []}, "b": 2}"#, #"{"a":{"c":[]},"b":2}"#), ("1.5", "1.5"), ("-0.25e1", "-2.5"),
      ("1.0", "1"), ("1e3", "1000"), ("0", "0"), ("9223372036854775807", "9223372036854775807"),
      ("9223372036854775808", "9.223372036854776e+18"),
      (#""a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude42🙂""#, #""a\"\\/\u0008\u000c\n\r\téé🙂🙂""#),
    ])
  func reads(_ text: String, _ expected: String) { #expect(parse(text) == expected) }

  @Test(
    "what is no JSON is refused at its place",
    arguments: [
      ("", 0), ("nul", 0), ("[1", 2), ("[1,]", 3), ("{\"a\"}", 4), ("{a: 1}", 1), ("1 2", 2), ("01", 2),
      ("1.", 2),
      ("-", 1), ("1e", 2), ("1e999", 5), ("\"", 1), ("\"\n\"", 1), (#""\x""#, 3), (#""\ud800""#, 7),
      (#""\udc00\ud800""#, 7), (#""\u12""#, 3), ("[1}", 2), ("+1", 0), ("NaN", 0), ("'a'", 0),
    ])
  func refuses(_ text: String, _ offset: Int) { #expect(parse(text) == "invalid(offset: \(offset))") }

  @Test("bytes that are not UTF-8 are refused")
  func encoding() {
    #expect(throws: OrderedJSON.Unreadable.self) { try OrderedJSON(parsing: [34, 0xFF, 34]) }
  }

  @Test("answers that are deep or have too many values are given up")
  func bounds() {
    let deep = String(repeating: "[", count: 1_000_000)
    #expect(parse(deep) == "tooDeep")
    #expect(parse(String(repeating: "{\"a\":", count: 200_000)) == "tooDeep")
    #expect(parse("[" + String(repeating: "[],", count: 1_100_000) + "0]") == "tooManyValues")
    #expect(parse(String(repeating: "[", count: 128) + String(repeating: "]", count: 128)).count == 256)
  }
}
