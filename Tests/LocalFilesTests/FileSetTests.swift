import Foundation
import LocalFiles
import ReportModel
import TestSupport
import Testing

@Suite struct FileSetTests {
  private let set = FileSet([
    (path: "reports/a.sql", text: "select 1"), (path: "reports/more/a.yaml", text: "title: Ж"),
  ])

  @Test("all files are created, with the folders they need")
  func creates() async throws {
    try await temporaryDirectory { folder in
      try set.create(in: folder + "/new/project")
      #expect(text(folder + "/new/project/reports/a.sql") == "select 1")
      #expect(text(folder + "/new/project/reports/more/a.yaml") == "title: Ж")
    }
  }

  @Test("a file that exists is named and stays as it is; no other one is written")
  func existing() async throws {
    try await temporaryDirectory { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/reports/more", withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: URL(filePath: folder + "/reports/more/a.yaml"))
      #expect(
        failure { try set.create(in: folder) } == "could not create \"reports/more/a.yaml\": file exists")
      #expect(text(folder + "/reports/more/a.yaml") == "mine")
      #expect(entries(folder + "/reports") == ["more"])
    }
  }

  @Test("a link that leads nowhere is a file that exists")
  func danglingLink() async throws {
    try await temporaryDirectory { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/reports", withIntermediateDirectories: true)
      symlink("nowhere", folder + "/reports/a.sql")
      #expect(failure { try set.create(in: folder) } == "could not create \"reports/a.sql\": file exists")
      #expect(entries(folder) == ["reports"])
      #expect(entries(folder + "/reports") == ["a.sql"])
    }
  }

  @Test("when a later file cannot be written, the earlier ones and their folders are removed")
  func failsLater() async throws {
    try await temporaryDirectory { folder in
      // A file stands where the second file needs a folder.
      let set = FileSet([(path: "reports/a.sql", text: "x"), (path: "reports/a.sql/b", text: "y")])
      let reason = failure { try set.create(in: folder) }
      #expect(reason == "could not create \"reports/a.sql/b\": not a directory")
      #expect(entries(folder) == [])
    }
  }

  @Test("a folder below a file is what errno says")
  func belowFile() {
    #expect(
      failure { try FileSet([(path: "y", text: "z")]).create(in: "/dev/null/x") }
        == "could not create \"/dev/null/x\": not a directory")
  }

  @Test("a file is replaced as a whole; where that fails, the old one stays")
  func replace() async throws {
    try await temporaryDirectory { folder in
      let path = folder + "/a"
      try LocalFile.replace(path, with: "one".utf8)
      try LocalFile.replace(path, with: "two".utf8)
      #expect(text(path) == "two")
      #expect(entries(folder) == ["a"])
      let nowhere = folder + "/b/a"
      let reason = failure { try LocalFile.replace(nowhere, with: "x".utf8) }
      #expect(reason == "could not create \"\(nowhere)\": no such file or directory")
    }
  }

  @Test("a folder is removed with its contents; links in it are not followed")
  func removeFolder() async throws {
    try await temporaryDirectory { folder in
      try FileSet([(path: "kept/a", text: "x"), (path: "gone/sub/b", text: "y")]).create(in: folder)
      symlink("../../kept", folder + "/gone/sub/link")
      try Folder.remove(folder + "/gone")
      try Folder.remove(folder + "/missing")
      #expect(entries(folder) == ["kept"])
      #expect(text(folder + "/kept/a") == "x")
    }
  }

  private func failure(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? SystemError)?.reason
    }
  }

  private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  private func entries(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
