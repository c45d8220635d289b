import Testing

/// The limit of every wait of a test. Only a hang takes so long: how fast something is no test asserts.
package let waitLimit = Duration.seconds(60)

/// Waits for a state by asking for it every few milliseconds, a thousand times at least: where other tests keep all
/// threads busy, the limit can pass between two questions.
///
/// - Parameters:
///   - state: what is waited for, in words that complete "waited in vain for".
///   - holds: whether the state is reached. May throw `#require`'s error where it cannot be reached any more.
package nonisolated(nonsending) func waitFor(
  _ state: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation,
  until holds: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + waitLimit
  var questions = 0
  while try await !holds() {
    questions += 1
    try #require(
      ContinuousClock.now < end || questions < 1000, "waited in vain for \(state())",
      sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(3))
  }
}
