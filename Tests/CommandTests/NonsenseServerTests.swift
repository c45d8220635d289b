import TestSupport
import Testing

@Suite("Servers that answer nonsense")
struct NonsenseServerTests {
  @Test("a replica or a primary that answers nonsense ends a command with a message, and not with a signal")
  func nonsense() async throws {
    try await withProject { project in
      try await temporaryDirectory { folder in
        let pid = FakeServer.columns(["pid"]) + FakeServer.row(["1"]) + FakeServer.complete("SELECT 1")
        let server = try FakeServer(in: folder, answer: pid)
        defer { server.stop() }
        let fake = "host=\(folder) dbname=x user=y"
        for (replica, primary) in [(fake, nil), (nil, fake), (fake, fake)] as [(String?, String?)] {
          try project.configure(replica: replica, primary: primary)
          for command in EveryConnectionStringTests.commands + [["doctor"]] {
            let outcome = try await project.run(command)
            let isUsed = !["export", "status", "history", "doctor"].contains(command[0]) || primary != nil
            #expect(
              [0, 1, 69, 70, 75].contains(outcome.status), "\(command): \(outcome.status) \(outcome.error)")
            if isUsed, command[0] != "doctor" {
              #expect(outcome.status == 70 || outcome.status == 75, "\(command): \(outcome.error)")
              #expect(outcome.error.contains("error: "), "\(command)")
            }
          }
        }
      }
    }
  }
}
