import Foundation
import ReportModel
import SupersetAssets
import TestSupport
import Testing

@Suite struct BundleFolderTests {
  private func bundle(_ name: String) -> AssetBundle {
    AssetBundle(reports: [], dashboards: [], databaseName: name, databaseURI: "postgresql://superset@db/shop")
  }

  private func entries(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  private func failure(_ path: String) -> String? {
    do {
      try BundleFolder(path: path).replace(with: bundle("new"))
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("folder and ZIP are written, and replaced as a whole by the next ones")
  func replaces() async throws {
    try await temporaryDirectory { folder in
      let path = folder + "/out/assets"
      for name in ["old", "new"] {
        try BundleFolder(path: path).replace(with: bundle(name))
        #expect(entries(folder + "/out") == ["assets", "assets.zip"])
        #expect(entries(path) == ["databases", "metadata.yaml"])
        #expect(entries(path + "/databases") == ["\(name).yaml"])
        let zip = FileManager.default.contents(atPath: path + ".zip")
        #expect(zip == Data(bundle(name).zip))
      }
    }
  }

  @Test("an empty folder is taken; one that holds anything else is not touched")
  func foreign() async throws {
    try await temporaryDirectory { folder in
      let path = folder + "/assets"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      #expect(failure(path) == nil)
      let other = folder + "/other"
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
      try Data("mine".utf8).write(to: URL(filePath: other + "/file"))
      #expect(
        failure(other) == """
          error: "\(other)" is not an earlier bundle
            hint: Name a folder that does not exist yet, or an empty one.
          """)
      #expect(entries(folder) == ["assets", "assets.zip", "other"])
      #expect(entries(other) == ["file"])
    }
  }

  @Test("a path below a file, and a file, are what errno says")
  func belowFile() async throws {
    #expect(failure("/dev/null/x") == "error: could not write \"/dev/null/x\": not a directory")
    try await temporaryDirectory { folder in
      let path = folder + "/file"
      try Data("mine".utf8).write(to: URL(filePath: path))
      #expect(failure(path) == "error: could not write \"\(path)\": not a directory")
      #expect(entries(folder) == ["file"])
    }
  }

  @Test("when the ZIP cannot be replaced, the earlier folder is there again")
  func zipFails() async throws {
    try await temporaryDirectory { folder in
      let path = folder + "/assets"
      try BundleFolder(path: path).replace(with: bundle("old"))
      try FileManager.default.removeItem(atPath: path + ".zip")
      try FileManager.default.createDirectory(atPath: path + ".zip", withIntermediateDirectories: false)
      #expect(failure(path) == "error: could not write \"\(path)\": is a directory")
      #expect(entries(path + "/databases") == ["old.yaml"])
      #expect(entries(folder) == ["assets", "assets.zip"])
      try FileManager.default.removeItem(atPath: path)
      #expect(failure(path) == "error: could not write \"\(path)\": is a directory")
      #expect(entries(folder) == ["assets.zip"])
    }
  }
}
