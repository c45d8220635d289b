import Foundation
import TestSupport
import Testing

@Suite("Files that cannot be written")
struct ExportFaultTests {
  @Test("a full disk leaves the rows published and the files owed; the next run writes them")
  func diskFull() async throws {
    try await withProject { project in
      try project.report(
        "wide",
        sql: "select n, pg_catalog.repeat('x', 1000) as text from pg_catalog.generate_series(1, 1000) as n",
        "title: Wide\nmaterialize: {as: table, table: reports.wide, unique_key: [n]}")
      try FileManager.default.removeItem(atPath: project.output)
      try FileManager.default.createDirectory(atPath: project.output, withIntermediateDirectories: false)
      try await mounted(project.output, "size=256k") {
        try await project.expectFault("disk-full", "run", "wide", unchanged: false)
        #expect(try project.onPrimary("select count(*) from reports.wide") == "1000")
        #expect(project.files().isEmpty, "nothing half-written may stay: \(project.files().keys)")
        try await project.expectNothingLeft()
        try await project.expectFault("disk-full", "run", "wide", unchanged: false)
      }
      let output = try await project.succeed("run", "wide")
      #expect(output.contains("none changed"))
      try project.expectFile("wide", order: "n")
    }
  }

  @Test("an output folder that is read-only leaves the rows published and the files owed")
  func readOnly() async throws {
    try await withProject { project in
      try FileManager.default.removeItem(atPath: project.output)
      try FileManager.default.createDirectory(atPath: project.output, withIntermediateDirectories: false)
      try await mounted(project.output, "ro,size=64k") {
        try await project.expectFault("output-read-only", "run", "total", unchanged: false)
        #expect(try project.rows(of: "reports.total").contains("Mug,107.00,2"))
      }
      try await project.succeed("run", "total")
      try project.expectFile("total", order: "item")
    }
  }

  @Test("an output folder that is a file is an error, and the file stays")
  func isFile() async throws {
    try await withProject { project in
      try FileManager.default.removeItem(atPath: project.output)
      try project.write("not a folder", to: "out")
      try await project.expectFault("output-is-file", "run", "total", unchanged: false)
      #expect(try project.text("out") == "not a folder")
    }
  }

  @Test("files that were removed or damaged are owed and come with the next run")
  func damaged() async throws {
    try await withProject { project in
      try project.daily()
      try await project.succeed("run", "daily")
      let files = project.files().keys.filter { $0.hasPrefix("daily/") && $0.hasSuffix(".csv") }
      let file = try #require(files.first { !$0.contains("latest") })
      try FileManager.default.removeItem(atPath: project.output + "/" + file)
      try await project.succeed("run", "daily")
      #expect(project.files()[file] != nil)
    }
  }
}

/// Runs the body while a small file system lies over a folder; only root can do so, others see the test skipped.
private func mounted(_ folder: String, _ options: String, _ body: () async throws -> Void) async throws {
  guard geteuid() == 0, mount("none", folder, "tmpfs", 0, "size=64k") == 0 else {
    guard ProcessInfo.processInfo.environment["CI"] != "true" || geteuid() != 0 else {
      Issue.record("could not mount a tmpfs: \(String(cString: strerror(errno)))")
      return
    }
    try Test.cancel("mounting a small file system needs root")
  }
  defer { umount2(folder, Int32(MNT_DETACH)) }
  let readOnly = options.hasPrefix("ro,")
  let size = options.replacing("ro,", with: "")
  let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
  let code = mount("none", folder, "tmpfs", flags, size)
  try #require(code == 0)
  try await body()
}
