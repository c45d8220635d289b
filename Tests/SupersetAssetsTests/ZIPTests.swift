import Foundation
import ProcessRunner
import ReportModel
import TestSupport
import Testing

@testable import SupersetAssets

@Suite struct ZIPTests {
  static let files = [
    ("a/b.yaml", Array("text\n".utf8)), ("a/ключ.yaml", []), ("c", Array(repeating: 7, count: 70_000)),
  ]

  @Test("the reader returns the files that were written")
  func roundTrip() throws {
    let read = try ZIPReader.files(of: ZIPWriter.archive(Self.files))
    #expect(read.map(\.path) == Self.files.map(\.0))
    #expect(read.map(\.bytes) == Self.files.map(\.1))
  }

  @Test("entries that share their bytes are no files: few megabytes would become terabytes")
  func shared() throws {
    let archive = ZIPWriter.archive([("a", Array(repeating: 7, count: 1000))])
    let directory = archive.count - 22 - 47
    let entry = Array(archive[directory..<directory + 47])
    var end = Array(archive.suffix(22))
    end[8...11] = [2, 0, 2, 0]
    let twice = Array(archive[..<directory]) + entry + entry + end
    #expect(throws: ZIPReader.Failure.self) { try ZIPReader.files(of: twice) }
    end[8...11] = [1, 0, 1, 0]
    #expect(try ZIPReader.files(of: Array(archive[..<directory]) + entry + end).count == 1)
  }

  @Test("YAML of an export whose aliases multiply is refused")
  func aliases() throws {
    var yaml = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
    for level in 1...8 {
      yaml +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        + "]\n"
    }
    #expect(throws: OrderedJSON.TooManyValues.self) { try OrderedJSON(yaml: yaml) }
    #expect(try OrderedJSON(yaml: "a: &a [1]\nb: *a\n").compact == #"{"a":[1],"b":[1]}"#)
  }

  @Test("checksums agree with CRC-32 of the ZIP format")
  func checksum() { #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926) }

  @Test("Python's zipfile reads the archive")
  func python() async throws {
    try await temporaryDirectory { folder in
      try Data(ZIPWriter.archive(Self.files)).write(to: URL(filePath: folder + "/a.zip"))
      let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist())"
      let found = try await Command(
        "/usr/bin/env", ["python3", "-c", script, folder + "/a.zip"],
        environment: ["LC_ALL": "C.UTF-8", "LANGUAGE": ""]
      ).run()
      guard found.status != 127 else { try Test.cancel("no python3 here") }
      #expect(found.output == "None ['a/b.yaml', 'a/ключ.yaml', 'c']\n")
      let write = """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1], "w") as z: z.writestr("x/y.yaml", "a: 1")
        with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as z: z.writestr("x/y.yaml", "a: 1")
        """
      let made = try await Command(
        "/usr/bin/env", ["python3", "-c", write, folder + "/s.zip", folder + "/d.zip"]
      ).run()
      try #require(made.status == 0, "\(made.error)")
      let stored = try ZIPReader.files(of: Array(Data(contentsOf: URL(filePath: folder + "/s.zip"))))
      #expect(stored.map(\.path) == ["x/y.yaml"] && stored.map(\.bytes) == [Array("a: 1".utf8)])
      let deflated = Array(try Data(contentsOf: URL(filePath: folder + "/d.zip")))
      #expect(throws: ZIPReader.Failure.self) { try ZIPReader.files(of: deflated) }
    }
  }

  @Test("an archive that is truncated or changed at any byte is refused")
  func damaged() {
    let archive = ZIPWriter.archive([("a/b.yaml", Array("some text".utf8))])
    for length in 0..<archive.count {
      #expect(throws: ZIPReader.Failure.self, "cut after \(length)") {
        try ZIPReader.files(of: Array(archive[..<length]))
      }
    }
    var random = SplitMix64(state: 3)
    for _ in 0..<2000 {
      var changed = archive
      changed[Int.random(in: 0..<archive.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      // Must not crash: the files are complete, or the archive is refused.
      if let files = try? ZIPReader.files(of: changed) {
        #expect(files.allSatisfy { $0.bytes == Array("some text".utf8) })
      }
    }
  }
}
