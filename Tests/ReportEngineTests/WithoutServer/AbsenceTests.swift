import PostgresClient
import ReportModel
import Synchronization
import Testing

@testable import ReportEngine

extension WithoutServer {
  /// Which servers a run waits for, and for how long in all.
  @Suite struct AbsenceTests {
    private static func refusal(_ state: SQLState, by server: String = "primary") -> PostgresError {
      PostgresError(
        severity: "FATAL", sqlState: state, message: "could not connect to \"\(server)\": no", server: server,
        isConnectFailure: true)
    }

    /// A server that fails so many times and then opens; counts how often it was asked.
    private final class Door: Sendable {
      let asked = Atomic<Int>(0)
      private let failures: Int
      private let error: PostgresError

      init(failures: Int, _ error: PostgresError) {
        self.failures = failures
        self.error = error
      }

      func open() throws -> String {
        guard asked.add(1, ordering: .relaxed).newValue > failures else { throw error }
        return "open"
      }
    }

    private static func absence(patience: Duration = .seconds(60), _ heard: Heard = Heard()) -> Absence {
      Absence(of: "primary", patience: patience) { heard.add($0.message) }
    }

    private final class Heard: Sendable {
      private let lines = Mutex<[String]>([])
      func add(_ line: String) { lines.withLock { $0.append(line) } }
      var all: [String] { lines.withLock { $0 } }
    }

    struct Case: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var error: PostgresError
      var wasMet = true
      var isSpare = false
      var isWaitedFor: Bool
    }

    @Test(
      "who is waited for, and who is not",
      arguments: [
        Case(testDescription: "gone", error: refusal(.cannotEstablishConnection), isWaitedFor: true),
        Case(
          testDescription: "never there", error: refusal(.cannotEstablishConnection), wasMet: false,
          isWaitedFor: false),
        Case(
          testDescription: "starting", error: refusal(.cannotConnectNow), wasMet: false, isWaitedFor: true),
        Case(
          testDescription: "full", error: refusal(.tooManyConnections), wasMet: false, isWaitedFor: true),
        Case(
          testDescription: "full, for one session more", error: refusal(.tooManyConnections), isSpare: true,
          isWaitedFor: false),
        Case(testDescription: "wrong password", error: refusal(.invalidPassword), isWaitedFor: false),
        Case(
          testDescription: "the other server", error: refusal(.cannotConnectNow, by: "replica"),
          isWaitedFor: false),
        Case(
          testDescription: "an error of a statement",
          error: PostgresError(sqlState: .serializationFailure, message: "no", server: "primary"),
          isWaitedFor: false),
      ])
    func cases(_ example: Case) async throws {
      let absence = Self.absence()
      if example.wasMet { _ = try await absence.opening { "open" } }
      let door = Door(failures: 2, example.error)
      let opened = try? await absence.opening(isSpare: example.isSpare) { try door.open() }
      #expect((opened == "open") == example.isWaitedFor)
      #expect(door.asked.load(ordering: .relaxed) == (example.isWaitedFor ? 3 : 1))
    }

    @Test(
      "an absence is waited for once, however many sessions it costs, and said once; then nobody asks for a while"
    )
    func shared() async throws {
      let heard = Heard()
      let absence = Self.absence(patience: .milliseconds(350), heard)
      let door = Door(failures: .max, Self.refusal(.cannotConnectNow))
      await #expect(throws: PostgresError.self) { try await absence.opening { try door.open() } }
      let asked = door.asked.load(ordering: .relaxed)
      #expect(asked > 0)
      await #expect(throws: PostgresError.self) { try await absence.opening { try door.open() } }
      #expect(door.asked.load(ordering: .relaxed) == asked)
      #expect(heard.all == ["waiting up to 0 s for the primary: could not connect to \"primary\": no"])
    }

    @Test("a server that has returned is waited for again when it goes once more")
    func again() async throws {
      let heard = Heard()
      let absence = Self.absence(heard)
      for _ in 1...2 {
        let door = Door(failures: 1, Self.refusal(.cannotConnectNow))
        #expect(try await absence.opening { try door.open() } == "open")
      }
      #expect(heard.all.count == 2)
    }

    @Test("a note of the servers is a warning in the log, not one report's")
    func note() {
      var log = RunLog(isVerbose: false, at: 0)
      var reason = Diagnostic("waiting up to 30 s for the primary: no", detail: "It is starting.")
      reason.sqlState = "57P03"
      #expect(
        log.entries(for: .note(reason), at: 1).map { $0.json() } == [
          #"{"detail":"It is starting.","event":"note","level":"warning","message":"waiting up to 30 s for the primary: no","sqlState":"57P03"}"#
        ])
    }
  }
}
