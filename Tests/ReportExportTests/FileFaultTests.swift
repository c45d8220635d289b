import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportExport

@Suite struct FileFaultTests {
  @Test(
    "a full disk is an error with a hint, and leaves no file",
    .enabled(if: canMount, "mounting a small disk needs root"))
  func fullDisk() async throws {
    try await withSmallDisk { disk in
      let writer = try place(disk).begin(writer: UUID())
      let sink = try CSVFileSink(
        file: writer.makeFile("sales-daily.csv"), settings: CSVSettings(),
        columns: [.init(name: "x", kind: .text)])
      let chunk = Array((String(repeating: "0123456789", count: 99) + "\n").utf8)
      let error = await #expect(throws: Diagnostic.self) {
        for _ in 0..<2000 { try await sink.write(chunk) }
        try await sink.finish()
      }
      #expect(
        error?.message
          == "could not write \"out/sales-daily/2026-11-22/sales-daily.csv\": no space left on device")
      #expect(error?.hint?.hasPrefix("Free some space") == true)
      await sink.fail("the disk is full")
      #expect(names(disk, "sales-daily/2026-11-22") == [])
      #expect(await sink.result == nil)
    }
  }

  @Test(
    "a full disk is an error while a page is written",
    .enabled(if: canMount, "mounting a small disk needs root"))
  func fullDiskPage() async throws {
    try await withSmallDisk { disk in
      let writer = try place(disk).begin(writer: UUID())
      let content = Samples.plain(columns: [PageColumn(name: "x", isNumeric: false)], totalRows: 100_000)
      let rows = Rows(String(repeating: "0123456789\n", count: 100_000))
      let error = await #expect(throws: Diagnostic.self) {
        let file = try writer.makeFile("sales-daily.html")
        _ = try await writePage(content, rows: rows, limit: 100_000, into: file)
        _ = try file.finish()
      }
      #expect(error?.message.hasSuffix("sales-daily.html\": no space left on device") == true)
      #expect(names(disk, "sales-daily/2026-11-22") == [])
    }
  }

  @Test(
    "a full disk is an error while a workbook is written, and leaves no file",
    .enabled(if: canMount, "mounting a small disk needs root"))
  func fullDiskWorkbook() async throws {
    try await withSmallDisk { disk in
      let writer = try place(disk).begin(writer: UUID())
      let sink = WorkbookFileSink(file: try writer.makeFile("sales-daily.xlsx"), timezone: "UTC")
      await sink.begin(
        "T", reportName: "t", columns: [SheetColumn(name: "x", type: "text", category: "S")])
      var random = SplitMix64(state: 1)
      let error = await #expect(throws: Diagnostic.self) {
        for _ in 0..<2000 {
          let rows = (0..<100).map { _ in String(random.next(), radix: 36) + "\n" }
          try await sink.write(Array(rows.joined().utf8))
        }
        _ = try await sink.end(.none)
        _ = try await sink.complete([], title: "T", generator: "reportgen test")
      }
      #expect(
        error?.message
          == "could not write \"out/sales-daily/2026-11-22/sales-daily.xlsx\": no space left on device")
      await sink.fail("the disk is full")
      #expect(names(disk, "sales-daily/2026-11-22") == [])
      #expect(await sink.result == nil)
    }
  }

  @Test(
    "a disk mounted read-only is an error with a hint",
    .enabled(if: canMount, "mounting a small disk needs root"))
  func readOnly() async throws {
    try await withSmallDisk { disk in
      try run("/bin/mount", ["-o", "remount,ro", disk])
      let error = #expect(throws: Diagnostic.self) { try place(disk).begin(writer: UUID()) }
      #expect(error?.message == "could not create \"out/sales-daily\": read-only file system")
      #expect(error?.hint == "Point \"output\" in reportgen.yaml to a folder that can be written.")
    }
  }

  @Test(
    "a folder without permission is an error with a hint",
    .enabled(if: getuid() != 0, "root may write everywhere"))
  func noPermission() async throws {
    try await temporaryDirectory { root in
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: root)
      let error = #expect(throws: Diagnostic.self) { try place(root).begin(writer: UUID()) }
      #expect(error?.message == "could not create \"out/sales-daily\": permission denied")
    }
  }

  @Test("a file in place of a folder is an error that names it")
  func fileInTheWay() async throws {
    try await temporaryDirectory { root in
      try Data().write(to: URL(fileURLWithPath: root + "/sales-daily"))
      let error = #expect(throws: Diagnostic.self) { try place(root).begin(writer: UUID()) }
      #expect(error?.message == "could not open \"out/sales-daily\": not a directory")
      #expect(error?.hint == "A file stands where a folder has to be; move it away.")
    }
  }

  @Test("an existing temporary file is an error")
  func nameTaken() async throws {
    try await temporaryDirectory { root in
      let id = UUID()
      let writer = try place(root).begin(writer: id)
      let first = try writer.makeFile("a.csv")
      let error = #expect(throws: Diagnostic.self) { try writer.makeFile("a.csv") }
      #expect(
        error?.message
          == "could not create \"out/sales-daily/2026-11-22/.a.csv.partial-\(id.uuidString.lowercased())\": file exists"
      )
      try first.write("kept")
      _ = try first.finish()
    }
  }

  @Test("a sink that fails or is released unfinished leaves no file")
  func failed() async throws {
    try await temporaryDirectory { root in
      let writer = try place(root).begin(writer: UUID())
      let columns = [CSVEncoder.Column(name: "x", kind: .text)]
      let sink = try CSVFileSink(file: writer.makeFile("a.csv"), settings: CSVSettings(), columns: columns)
      try await sink.write(Array("1\n".utf8))
      await sink.fail("the source ended")
      await #expect(throws: Diagnostic.self) { try await sink.finish() }
      _ = try CSVFileSink(file: writer.makeFile("b.csv"), settings: CSVSettings(), columns: columns)
      #expect(throws: Diagnostic.self) {
        try CSVFileSink(
          file: writer.makeFile("c.csv"), settings: CSVSettings(delimiter: ""), columns: columns)
      }
      #expect(names(root, "sales-daily/2026-11-22") == [])
    }
  }

  @Test("a finished sink has rows, bytes and digest of its file")
  func finished() async throws {
    try await temporaryDirectory { root in
      let writer = try place(root).begin(writer: UUID())
      let sink = try CSVFileSink(
        file: writer.makeFile("a.csv"), settings: CSVSettings(), columns: [.init(name: "x", kind: .text)])
      for _ in 0..<3 { try await sink.write(Array("1\n\\N\n".utf8)) }
      try await sink.finish()
      let file = try #require(await sink.result)
      _ = try writer.publish(makeManifest([file]))
      #expect(file.rows == 6)
      #expect(contents(root, "sales-daily/2026-11-22/a.csv") == "x\n1\n\n1\n\n1\n\n")
      #expect(file.bytes == 11)
    }
  }
}

/// Tried once: root may not mount either, for example in a container.
private let canMount: Bool = {
  guard getuid() == 0 else { return false }
  let folder = NSTemporaryDirectory() + "reportgen-mount-\(getpid())"
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  guard (try? run("/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "reportgen-test", folder])) != nil else {
    return false
  }
  return (try? run("/bin/umount", [folder])) != nil
}()

private struct CommandFailed: Error {}

private func run(_ program: String, _ arguments: [String]) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw CommandFailed() }
}

private nonisolated(nonsending) func withSmallDisk(_ body: (String) async throws -> Void) async throws {
  try await temporaryDirectory { disk in
    try run("/bin/mount", ["-t", "tmpfs", "-o", "size=512k", "reportgen-test", disk])
    defer { try? run("/bin/umount", ["-l", disk]) }
    try await body(disk)
  }
}
