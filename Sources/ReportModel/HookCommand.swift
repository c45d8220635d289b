/// What a project runs at the end of a run, `on_success` or `on_failure`.
package enum HookCommand: Hashable, Sendable {
  /// A line for `/bin/sh -c`.
  case shell(String)
  /// A program and its arguments; no shell reads them.
  case program([String])
}
