import Foundation
import TestSupport
import Testing

@Suite("Manual pages")
struct ManualPageTests {
  @Test("every command has a page with every option, and every key is in the page of its file")
  func complete() async throws {
    try await temporaryDirectory { folder in
      try await Built.output(of: "scripts/man-pages", [Built.command, folder])
      var expected: Set = ["reportgen.1", "reportgen.yaml.5", "reportgen-report.5"]
      let dump = try Built.json(await Built.output(of: Built.command, ["--experimental-dump-help"]))
      var pending = [(try #require(dump["command"] as? [String: Any]), "reportgen")]
      while let (command, name) = pending.popLast() {
        for below in command["subcommands"] as? [[String: Any]] ?? [] {
          let word = try #require(below["commandName"] as? String)
          if word != "help" { pending.append((below, name + "-" + word)) }
        }
        expected.insert(name + ".1")
        let page = try Built.text(folder + "/" + name + ".1")
        for argument in command["arguments"] as? [[String: Any]] ?? [] {
          for option in argument["names"] as? [[String: String]] ?? [] where option["kind"] == "long" {
            let written = ("--" + (option["name"] ?? "")).replacing("-", with: "\\-")
            #expect(page.contains(written), "\(written) in \(name)")
          }
        }
      }
      #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == expected)
      #expect(expected.count > 20)

      for (page, schema) in [("reportgen.yaml.5", "project"), ("reportgen-report.5", "report")] {
        let text = try Built.text(folder + "/" + page)
        let keys = keys(of: try Built.json(Built.text(Built.root + "/docs/\(schema).schema.json")))
        #expect(keys.count > 10)
        for key in keys {
          #expect(text.split(separator: "\n").contains { $0 == ".B \(key)" }, "\(key) in \(page)")
        }
      }
      for page in expected {
        let text = try Built.text(folder + "/" + page)
        #expect(text.firstMatch(of: /@[A-Z_]+@/) == nil, "\(page)")
        // A page that names another one, of ours, names one that exists.
        for (_, name, section) in text.matches(of: /(reportgen[a-z.\\-]*) \((\d)\)/).map(\.output) {
          #expect(expected.contains("\(name.replacing("\\", with: "")).\(section)"), "\(name) in \(page)")
        }
      }
    }
  }

  @Test(
    "groff has no warning about any page",
    .enabled(if: Built.has("groff"), "groff is missing: apt-get install groff-base"))
  func groff() async throws {
    try await temporaryDirectory { folder in
      try await Built.output(of: "scripts/man-pages", [Built.command, folder])
      let pages = try FileManager.default.contentsOfDirectory(atPath: folder).map { folder + "/" + $0 }
      let result = try await Built.run("groff", ["-man", "-ww", "-z", "-Tutf8"] + pages)
      #expect(result.status == 0 && result.error == "", "\(result.error)")
    }
  }

  /// The keys of the first level, which every schema names directly.
  private func keys(of schema: [String: Any]) -> [String] {
    (schema["properties"] as? [String: Any]).map { $0.keys.sorted() } ?? []
  }
}
