import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportExport

@Suite struct ExportFolderTests {
  @Test("published files are complete, listed in the manifest, and count for their run only")
  func publish() async throws {
    try await temporaryDirectory { root in
      let folder = try place(root)
      #expect(try folder.state(expectedRun: "run-1") == .owed(reason: "the folder is missing"))
      let manifest = try publishFiles(folder, ["sales-daily.csv": "a\n1\n", "продажи.html": "<p>"])
      #expect(try folder.state(expectedRun: "run-1") == .complete)
      #expect(try folder.state(expectedRun: "run-2") == .owed(reason: "manifest.json names run run-1"))
      #expect(try folder.manifest() == manifest)
      #expect(names(root, "sales-daily/2026-11-22") == ["manifest.json", "sales-daily.csv", "продажи.html"])
      #expect(manifest.files.map(\.bytes) == [4, 3])
      // Computed by sha256sum.
      #expect(manifest.files[0].sha256 == "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc")
    }
  }

  @Test("a file that is missing or has another size is owed")
  func damaged() async throws {
    try await temporaryDirectory { root in
      let folder = try place(root)
      try publishFiles(folder, ["a.csv": "1234"])
      let path = root + "/sales-daily/2026-11-22/a.csv"
      try Data("123".utf8).write(to: URL(fileURLWithPath: path))
      #expect(try folder.state(expectedRun: "run-1") == .owed(reason: "\"a.csv\" has 3 bytes instead of 4"))
      try FileManager.default.removeItem(atPath: path)
      #expect(try folder.state(expectedRun: "run-1") == .owed(reason: "\"a.csv\" is missing"))
      try Data("{".utf8).write(to: URL(fileURLWithPath: root + "/sales-daily/2026-11-22/manifest.json"))
      #expect(
        try folder.state(expectedRun: "run-1") == .owed(reason: "manifest.json is missing or invalid"))
    }
  }

  @Test("temporary files of an ended run were never visible, and are removed")
  func leftovers() async throws {
    try await temporaryDirectory { root in
      let folder = try place(root)
      try publishFiles(folder, ["a.csv": "old"])
      let inside = root + "/sales-daily/2026-11-22/"
      let dead = "partial-\(UUID().uuidString.lowercased())"
      let others = [".keep", ".c.csv.partial-mine", ".\(dead)", "b.csv.\(dead)"]
      for name in others + [".a.csv.\(dead)", ".manifest.json.\(dead)"] {
        try Data("half".utf8).write(to: URL(fileURLWithPath: inside + name))
      }
      #expect(try folder.state(expectedRun: "run-1") == .complete)
      try FileManager.default.createSymbolicLink(
        atPath: root + "/sales-daily/.latest.\(dead)", withDestinationPath: "2026-11-22")
      _ = try folder.begin(writer: UUID())
      #expect(names(root, "sales-daily") == ["2026-11-22", "latest"])
      #expect(
        names(root, "sales-daily/2026-11-22")
          == (others + ["a.csv", "manifest.json"]).sorted())
    }
  }

  @Test("a run that continues without its lock does not damage files of the next run")
  func takenOver() async throws {
    try await temporaryDirectory { root in
      let folder = try place(root)
      let lost = try folder.begin(writer: UUID())
      let file = try lost.makeFile("a.csv")
      try file.write("lost")
      let manifest = makeManifest([try file.finish()])
      try publishFiles(folder, ["a.csv": "new"])
      #expect(throws: Diagnostic.self) { try lost.publish(manifest) }
      #expect(contents(root, "sales-daily/2026-11-22/a.csv") == "new")
      #expect(try folder.state(expectedRun: "run-1") == .complete)
    }
  }

  @Test("a crash before the manifest leaves the files owed")
  func crashBeforeManifest() async throws {
    try await temporaryDirectory { root in
      let folder = try place(root)
      try publishFiles(folder, ["a.csv": "old"])
      let writer = try folder.begin(writer: UUID())
      let file = try writer.makeFile("a.csv")
      try file.write("new")
      #expect(contents(root, "sales-daily/2026-11-22/a.csv") == "old")
      _ = try file.finish()
      #expect(contents(root, "sales-daily/2026-11-22/a.csv") == "old")
      #expect(try folder.state(expectedRun: "run-2") != .complete)
      #expect(try folder.state(expectedRun: "run-1") == .complete)
    }
  }

  @Test("a discarded attempt leaves the folder unchanged")
  func discard() async throws {
    try await temporaryDirectory { root in
      let writer = try place(root).begin(writer: UUID())
      let file = try writer.makeFile("a.csv")
      _ = try file.finish()
      try writer.discard()
      #expect(names(root, "") == [])
      try publishFiles(place(root), ["a.csv": "1"])
      let other = try place(root).begin(writer: UUID())
      _ = try other.makeFile("a.csv").finish()
      try other.discard()
      #expect(names(root, "sales-daily/2026-11-22") == ["a.csv", "manifest.json"])
      #expect(try place(root).state(expectedRun: "run-1") == .complete)
    }
  }

  @Test("a file that is no longer exported is removed; files that the manifest does not list stay")
  func stale() async throws {
    try await temporaryDirectory { root in
      let folder = try place(root)
      try publishFiles(folder, ["a.csv": "1", "a.html": "2"])
      let notes = root + "/sales-daily/2026-11-22/notes.txt"
      try Data("mine".utf8).write(to: URL(fileURLWithPath: notes))
      try publishFiles(folder, ["a.csv": "3"])
      #expect(names(root, "sales-daily/2026-11-22") == ["a.csv", "manifest.json", "notes.txt"])
    }
  }

  @Test("latest points to the newest interval and never to an older one")
  func latest() async throws {
    try await temporaryDirectory { root in
      let target = {
        try? FileManager.default.destinationOfSymbolicLink(atPath: root + "/sales-daily/latest")
      }
      for (interval, expected) in [
        ("2026-11-21", "2026-11-21"), ("2026-11-22", "2026-11-22"), ("2026-11-20", "2026-11-22"),
      ] {
        try publishFiles(place(root, interval), ["a.csv": "1"])
        #expect(target() == expected)
      }
      try FileManager.default.removeItem(atPath: root + "/sales-daily/2026-11-22")
      try publishFiles(place(root, "2026-11-19"), ["a.csv": "1"])
      #expect(target() == "2026-11-19")
    }
  }

  @Test("a file named latest is not replaced, with a warning")
  func foreignLatest() async throws {
    try await temporaryDirectory { root in
      try FileManager.default.createDirectory(
        atPath: root + "/sales-daily/latest", withIntermediateDirectories: true)
      let writer = try place(root).begin(writer: UUID())
      let warnings = try writer.publish(makeManifest([]))
      #expect(warnings.map(\.message) == ["\"out/sales-daily/latest\" is not a link and was not replaced"])
    }
  }

  @Test(
    "names that could lead out of the output folder are refused",
    arguments: ["../x", "..", ".", "", "a/b", "/etc", "A", "a b", "-a", "a\0", "a\n", "ж"])
  func unsafeNames(name: String) throws {
    #expect(throws: Diagnostic.self) { try ExportFolder(output: "out", report: name, interval: "2026-11-22") }
    if name != "A", name != "ж" {
      #expect(throws: Diagnostic.self) { try ExportFolder(output: "out", report: "a", interval: name) }
    }
  }

  @Test(
    "a manifest with paths does not make us read or remove files outside of the folder",
    arguments: ["../../secret", "/etc/passwd", ".."])
  func evilManifest(name: String) async throws {
    try await temporaryDirectory { root in
      let folder = try place(root)
      try publishFiles(folder, ["a.csv": "1"])
      try Data("secret".utf8).write(to: URL(fileURLWithPath: root + "/secret"))
      let evil = makeManifest([.init(name: name, bytes: 6, sha256: "", rows: nil)])
      try Data(evil.json.utf8).write(to: URL(fileURLWithPath: root + "/sales-daily/2026-11-22/manifest.json"))
      #expect(try folder.state(expectedRun: "run-1") == .owed(reason: "\"\(name)\" is missing"))
      try publishFiles(folder, ["a.csv": "2"])
      #expect(contents(root, "secret") == "secret")
      #expect(throws: Diagnostic.self) { try folder.begin(writer: UUID()).makeFile(name) }
    }
  }

  @Test(
    "symbolic links in place of the report's or the interval's folder are refused",
    arguments: ["sales-daily", "sales-daily/2026-11-22"])
  func links(link: String) async throws {
    try await temporaryDirectory { root in
      try FileManager.default.createDirectory(atPath: root + "/elsewhere", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: root + "/out", withIntermediateDirectories: true)
      if link.contains("/") {
        try FileManager.default.createDirectory(
          atPath: root + "/out/sales-daily", withIntermediateDirectories: true)
      }
      try FileManager.default.createSymbolicLink(
        atPath: root + "/out/" + link, withDestinationPath: root + "/elsewhere")
      let folder = try place(root + "/out")
      let error = #expect(throws: Diagnostic.self) { try folder.begin(writer: UUID()) }
      #expect(error?.message == "\"out/\(link)\" is a symbolic link")
      #expect(throws: Diagnostic.self) { try folder.state(expectedRun: "run-1") }
      #expect(names(root, "elsewhere") == [])
    }
  }
}

func place(_ root: String, _ interval: String = "2026-11-22") throws -> ExportFolder {
  try ExportFolder(output: root, shownAs: "out", report: "sales-daily", interval: interval)
}

func makeManifest(_ files: [Manifest.File], run: String = "run-1") -> Manifest {
  Manifest(
    report: "sales-daily", title: "Daily \"sales\"",
    interval: .init(name: "2026-11-22", start: nil, end: nil),
    parameters: [], sql: "select 1", fingerprint: "f", run: run, attempt: 1,
    asOf: .init(
      position: "0/5C0000A8", time: "2026-11-23T04:30:12+03:00", timeline: 1, snapshot: nil, replica: "pg1"),
    rows: 1, columns: [], publishedAt: nil, table: nil, files: files, generator: "reportgen 0.1.0")
}

@discardableResult
func publishFiles(_ folder: ExportFolder, _ files: [String: String]) throws -> Manifest {
  let writer = try folder.begin(writer: UUID())
  var written: [Manifest.File] = []
  for (name, text) in files.sorted(by: { $0.key < $1.key }) {
    let file = try writer.makeFile(name)
    try file.write(text)
    written.append(try file.finish())
  }
  let manifest = makeManifest(written)
  #expect(try writer.publish(manifest) == [])
  return manifest
}

func names(_ root: String, _ path: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: root + "/" + path)) ?? ["(missing)"]).sorted()
}

func contents(_ root: String, _ path: String) -> String? {
  FileManager.default.contents(atPath: root + "/" + path).map { String(decoding: $0, as: UTF8.self) }
}
