/// What the process was started with, as values, so that tests need no process.
package struct Surroundings: Hashable, Sendable {
  /// The environment variables.
  package var variables: [String: String]
  /// The current directory, absolute.
  package var directory: String
  /// Names this machine in the ledger and in what runs write.
  package var hostName: String

  package init(variables: [String: String] = [:], directory: String, hostName: String = "localhost") {
    self.variables = variables
    self.directory = directory
    self.hostName = hostName
  }

  /// The variable as a setting; nil when it is not set, but not when it is empty.
  func setting(_ variable: String) -> Setting<String>? {
    variables[variable].map { Setting($0, from: .variable(variable)) }
  }
}

/// Options of the command that stand for a setting; nil where an option was not given.
package struct SettingOptions: Hashable, Sendable {
  /// `--project`
  package var project: String?
  /// `--env`
  package var environment: String?

  package init(project: String? = nil, environment: String? = nil) {
    self.project = project
    self.environment = environment
  }
}
