/// A command of `reportgen.yaml`: `on_success`, `on_failure` or `backup.info`.
package enum HookCommand: Hashable, Sendable {
  /// A line for `/bin/sh -c`.
  case shell(String)
  /// A program and its arguments; no shell reads them.
  case program([String])
}
