import ReportModel
import Testing

@Suite struct RunErrorTests {
  private let usage = Diagnostic("wrong", hint: "Do it right.")

  @Test("an error of several diagnostics keeps their order and the first SQLSTATE")
  func several() {
    var first = Diagnostic(.warning, "first")
    first.sqlState = "42501"
    let error = RunError(.definition, [first, usage])
    #expect(error.diagnostics == [first, usage] && error.sqlState == "42501")
    #expect(RunError(.usage, usage).diagnostics == [usage])
  }

  @Test("diagnostics and errors of the system get the status; other errors stay what they are")
  func wrapping() async throws {
    #expect(throws: RunError(.usage, usage)) { try RunError.wrapping(.usage) { throw usage } }
    await #expect(throws: RunError(.failed, Diagnostic("could not write \"a\": not a directory"))) {
      try await RunError.wrapping(.failed) {
        await Task.yield()
        throw SystemError("write", "a", errno: 20)
      }
    }
    let other = RunError(.tryAgain, usage)
    #expect(throws: other) { try RunError.wrapping(.usage) { throw other } }
    #expect(throws: CancellationError.self) { try RunError.wrapping(.usage) { throw CancellationError() } }
    #expect(try RunError.wrapping(.usage) { 7 } == 7)
  }
}
