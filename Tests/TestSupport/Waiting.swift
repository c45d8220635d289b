import Testing

/// The limit of every wait of a test. Only a hang takes so long: how fast something is no test asserts.
package let waitLimit = Duration.seconds(60)

/// Waits for a state by asking for it every few milliseconds.
///
/// - Parameters:
///   - state: what is waited for, in words that complete "waited in vain for".
///   - holds: whether the state is reached. May throw `#require`'s error where it cannot be reached any more.
package nonisolated(nonsending) func waitFor(
  _ state: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation,
  until holds: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + waitLimit
  while try await !holds() {
    try #require(
      ContinuousClock.now < end, "waited in vain for \(state())", sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(3))
  }
}
