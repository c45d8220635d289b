import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportSettings

@Suite struct ProjectFolderTests {
  @Test("the way up ends at the root")
  func none() throws {
    #expect(try ProjectFolder.nearest(to: "/", with: "no-such-file-anywhere") == nil)
    #expect(try ProjectFolder.nearest(to: "/nowhere/at/all", with: "no-such-file-anywhere") == nil)
  }

  @Test("a project file that is a link to nothing is found, and no other one further up")
  func dangling() async throws {
    try await temporaryDirectory { folder async throws in
      try Data().write(to: URL(fileURLWithPath: folder + "/reportgen.yaml"))
      try FileManager.default.createDirectory(atPath: folder + "/a/b", withIntermediateDirectories: true)
      #expect(try ProjectFolder.nearest(to: folder + "/a/b", with: "reportgen.yaml") == folder)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/a/reportgen.yaml", withDestinationPath: "/nowhere")
      #expect(try ProjectFolder.nearest(to: folder + "/a/b", with: "reportgen.yaml") == folder + "/a")
    }
  }

  @Test("a folder that cannot be searched is an error, not a reason to take another project")
  func unreadable() async throws {
    try await temporaryDirectory { folder async throws in
      try FileManager.default.createSymbolicLink(atPath: folder + "/loop", withDestinationPath: "loop")
      let error = failure { _ = try ProjectFolder.nearest(to: folder + "/loop/deep", with: "reportgen.yaml") }
      #expect(
        error == """
          65
          error: could not read "\(folder)/loop/deep/reportgen.yaml": too many levels of symbolic links
            hint: Name the project's folder with --project.
          """)
    }
  }

  @Test(
    "paths are made absolute without a look at what is there",
    arguments: [
      ("b", "/a", "/a/b"), ("/b", "/a", "/b"), ("./b//c/.", "/a", "/a/b/c"),
      ("../b", "/nowhere/a", "/nowhere/b"),
      ("../../../b", "/nowhere/a", "/b"), ("", "/a", "/a"), ("b", "/", "/b"), ("..", "/", "/"),
      ("~/b%20", "/a", "/a/~/b%20"),
    ])
  func absolute(path: String, folder: String, expected: String) {
    #expect(ProjectFolder.absolute(path, from: folder) == expected)
  }

  @Test("two dots behind a link lead to the folder above its target, as the kernel has it")
  func links() async throws {
    try await temporaryDirectory { folder async throws in
      let files = FileManager.default
      try files.createDirectory(atPath: folder + "/far/target", withIntermediateDirectories: true)
      try files.createDirectory(atPath: folder + "/near", withIntermediateDirectories: true)
      try files.createSymbolicLink(
        atPath: folder + "/near/link", withDestinationPath: "../far/target")
      #expect(ProjectFolder.absolute("link/../x", from: folder + "/near").hasSuffix("/far/x"))
      #expect(ProjectFolder.absolute("link/x", from: folder + "/near") == folder + "/near/link/x")
    }
  }
}
