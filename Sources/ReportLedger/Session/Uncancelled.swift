/// Runs work to its end although the current task has been cancelled: a ledger row to close, a file to remove.
package func uncancelled<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
  await Task.detached { await body() }.value
}
