import Foundation
import Testing

/// The names under which tests are reported, over all targets.
@Suite struct TestNameTests {
  @Test("every test and every suite has a name, and no two have the same one")
  func unique() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    var tests: [String: [String]] = [:]
    var suites: [String: [String]] = [:]
    var unnamed: [String] = []
    for file in files where file.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for match in text.matches(of: /(?m)^ *@Test\b(\(\s*"((?:[^"\\]|\\.)*)")?/) {
        guard let name = match.2 else {
          unnamed.append(file)
          continue
        }
        tests[String(name), default: []].append(file)
      }
      for match in text.matches(
        of: /(?m)^ *@Suite(\(\s*"((?:[^"\\]|\\.)*)"|\b)[^\n]*?\s+(?:struct|actor|final class) (\w+)/)
      {
        suites[String(match.2 ?? match.3), default: []].append(file)
      }
    }
    #expect(unnamed == [], "@Test without a name")
    #expect(tests.filter { $0.value.count > 1 } == [:])
    #expect(suites.filter { $0.value.count > 1 } == [:])
    #expect(tests.count > 500 && suites.count > 100)
  }
}
