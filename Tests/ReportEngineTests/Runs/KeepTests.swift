import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// `export.keep`: the newest intervals have files, older folders go, and nothing that somebody else made.
@Suite struct KeepTests {
  private func define(_ project: EngineProject, keep: Int, _ export: String = "csv: {}, html: {}")
    async throws
  {
    try await project.define(
      "sale", Definition.daily("unique_key: [id]", start: project.day(-6), export: "\(export), keep: \(keep)")
    )
  }

  private func folders(_ project: EngineProject, _ report: String = "sale") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: project.output + "/" + report).sorted()
  }

  private func path(_ project: EngineProject, _ day: Int, _ file: String = "") -> String {
    "\(project.output)/sale/\(project.day(day))/\(file)"
  }

  @Test("each night the oldest folder goes, and the ledger forgets it")
  func nights() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, keep: 3)
      #expect(try await project.publish("sale").removedFolders == [])
      #expect(try folders(project) == project.days(-3, -1).map(\.description) + ["latest"])
      for night in 1...3 {
        let outcome = try await project.night(night, "sale")
        #expect(outcome.text == "")
        #expect(outcome.removedFolders == ["out/sale/\(project.day(night - 4))"])
        #expect(RunSummary.text(outcome).contains("\n  files of 1 older interval removed\n"))
        #expect(
          try folders(project) == project.days(night - 3, night - 1).map(\.description) + ["latest"])
        #expect(try await project.count("select from reportgen.export") == 3)
      }
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: project.output + "/sale/latest")
          == project.day(2).description)
    }
  }

  @Test("a smaller number takes away the rest, a larger one makes files owed again")
  func changed() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, keep: 6)
      try await project.publish("sale")
      try await define(project, keep: 1)
      let fewer = try await project.publish("sale")
      #expect(fewer.state == .upToDate)
      #expect(fewer.removedFolders == project.days(-6, -2).reversed().map { "out/sale/\($0)" })
      #expect(try folders(project) == [project.day(-1).description, "latest"])
      try await define(project, keep: 2)
      let more = try await project.publish("sale")
      #expect(more.files.contains("out/sale/\(project.day(-2))/sale.csv"))
      #expect(try folders(project) == project.days(-2, -1).map(\.description) + ["latest"])
    }
  }

  @Test("what somebody else made, changed or put there stays, byte for byte")
  func foreign() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, keep: 6)
      try await project.publish("sale")
      let manager = FileManager.default
      let oldest = project.day(-6).description
      // Notes beside the files, a file that was edited, a manifest of another report, folders of no interval, a link.
      try Data("mine".utf8).write(to: URL(fileURLWithPath: path(project, -6, "notes.txt")))
      try Data("edited".utf8).write(to: URL(fileURLWithPath: path(project, -5, "sale.csv")))
      let manifest = try String(contentsOfFile: path(project, -4, "manifest.json"), encoding: .utf8)
      try Data(manifest.replacing("\"report\": \"sale\"", with: "\"report\": \"other\"").utf8)
        .write(to: URL(fileURLWithPath: path(project, -4, "manifest.json")))
      for folder in ["2020-01-01", "archive", "2020"] {
        try manager.createDirectory(
          atPath: "\(project.output)/sale/\(folder)", withIntermediateDirectories: true)
        try Data("theirs".utf8).write(to: URL(fileURLWithPath: "\(project.output)/sale/\(folder)/sale.csv"))
      }
      try manager.createSymbolicLink(
        atPath: "\(project.output)/sale/2020-01-02", withDestinationPath: oldest)
      try Data("a file".utf8).write(to: URL(fileURLWithPath: "\(project.output)/sale/2020-01-03"))
      let before = try Files(project.output + "/sale/\(project.day(-4))")

      try await define(project, keep: 1)
      let outcome = try await project.publish("sale")
      #expect(outcome.text == "")
      #expect(outcome.removedFolders == project.days(-3, -2).reversed().map { "out/sale/\($0)" })
      #expect(
        try folders(project)
          == ["2020", "2020-01-01", "2020-01-02", "2020-01-03"] + project.days(-6, -4).map(\.description)
          + [project.day(-1).description, "archive", "latest"])
      #expect(try manager.contentsOfDirectory(atPath: path(project, -6)) == ["notes.txt"])
      #expect(try manager.contentsOfDirectory(atPath: path(project, -5)) == ["sale.csv"])
      let after = try Files(project.output + "/sale/\(project.day(-4))")
      #expect(after.contents == before.contents)
      // What is no longer reportgen's is not looked at again.
      #expect(try await project.publish("sale").removedFolders == [])
    }
  }

  @Test("the folder that latest names stays until there is a newer one")
  func latest() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, keep: 1)
      try await project.publish("sale")
      // The next interval's folder cannot be made.
      let blocked = "\(project.output)/sale/\(project.day(0))"
      try Data("in the way".utf8).write(to: URL(fileURLWithPath: blocked))
      let owing = try await project.night(1, "sale")
      #expect(owing.status == .failed)
      #expect(try folders(project) == [project.day(-1).description, project.day(0).description, "latest"])
      try FileManager.default.removeItem(atPath: blocked)
      let written = try await project.night(1, "sale")
      #expect(written.removedFolders == ["out/sale/\(project.day(-1))"])
      #expect(try folders(project) == [project.day(0).description, "latest"])
    }
  }

  @Test("files that were asked for stay until the next run; those of other parameters stay for good")
  func asked() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await project.define(
        "sale",
        Definition.daily(
          "unique_key: [id]", start: project.day(-6), export: "csv: {}, keep: 2",
          rest: "parameters: {least: {type: integer, default: 0}}"),
        sql: Definition.sql + " and sale.amount >= :least")
      try await project.publish("sale")
      let old = try await project.publish("sale", .day(project.day(-5)))
      #expect(
        old.files == ["out/sale/\(project.day(-5))/sale.csv", "out/sale/\(project.day(-5))/manifest.json"])
      #expect(try folders(project).contains(project.day(-5).description))
      let other = try await project.outcome(
        "sale", RunOptions(dates: .day(project.day(-4)), parameters: ["least": .scalar("1")]))
      #expect(other.status == .done)
      let next = try await project.publish("sale")
      #expect(next.removedFolders == ["out/sale/\(project.day(-5))"])
      #expect(
        try folders(project)
          == ["\(project.day(-4))+least=1"] + project.days(-2, -1).map(\.description) + ["latest"])
    }
  }

  @Test("files of the whole relation are kept as versions of so many days")
  func versions() async throws {
    try await withProject { project in
      try await project.define(
        "sale", Definition.whole("unique_key: [id]", export: "csv: {}, keep: 2"), sql: Definition.wholeSQL)
      for night in 0...3 { #expect(try await project.night(night, "sale").status == .done) }
      #expect(try folders(project) == project.days(2, 3).map(\.description) + ["latest"])
    }
  }

  @Test("files alone keep their newest intervals, too")
  func filesAlone() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await project.define(
        "sale",
        """
        period: day
        start: \(project.day(-6))
        materialize: {as: none}
        export: {csv: {}, keep: 2}
        """)
      try await project.publish("sale")
      let outcome = try await project.night(2, "sale")
      #expect(outcome.removedFolders == project.days(-2, -1).reversed().map { "out/sale/\($0)" })
      #expect(try folders(project) == project.days(0, 1).map(\.description) + ["latest"])
    }
  }

  @Test("what cannot be removed is a warning, and the run is done all the same")
  func stubborn() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, keep: 2)
      try await project.publish("sale")
      // A folder in the place of a file: it has no size that the manifest could know, so it stays.
      let csv = path(project, -2, "sale.csv")
      try FileManager.default.removeItem(atPath: csv)
      try FileManager.default.createDirectory(atPath: csv, withIntermediateDirectories: false)
      let outcome = try await project.night(1, "sale")
      #expect(outcome.status == .done)
      #expect(outcome.removedFolders == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: path(project, -2)) == ["sale.csv"])
    }
  }
}
