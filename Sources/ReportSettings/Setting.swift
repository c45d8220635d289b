/// A value of the configuration together with the place that it was read from.
package struct Setting<Value> {
  package var value: Value
  package var source: SettingSource

  package init(_ value: Value, from source: SettingSource) {
    self.value = value
    self.source = source
  }
}

extension Setting: Equatable where Value: Equatable {}
extension Setting: Sendable where Value: Sendable {}

/// Where a setting was read from; an earlier case of the first four overrides a later one.
package enum SettingSource: Hashable, Sendable, CustomStringConvertible {
  /// An option of the command, such as `--env`.
  case option(String)
  /// An environment variable, such as `REPORTGEN_ENV`.
  case variable(String)
  /// A line of a file, 1-based.
  case file(String, line: Int)
  case builtIn
  /// The sandbox, which makes its own connection strings and roles.
  case sandbox
  /// The nearest folder upwards that holds the file.
  case nearest(String)

  /// `--env`, `REPORTGEN_ENV`, `reportgen.yaml:12`, `default`, `the sandbox`, `the nearest reportgen.yaml`.
  package var description: String {
    switch self {
    case .option(let name), .variable(let name): name
    case .file(let file, let line): "\(file):\(line)"
    case .builtIn: "default"
    case .sandbox: "the sandbox"
    case .nearest(let file): "the nearest \(file)"
    }
  }
}
