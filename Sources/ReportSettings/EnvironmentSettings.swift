import ReportModel

/// The chosen environment with the source of each of its settings.
package struct EnvironmentSettings: Sendable {
  /// With the connection strings of the sandbox and of `REPORTGEN_REPLICA` and `REPORTGEN_PRIMARY`.
  package let environment: Project.Environment
  private let sources: [String: SettingSource]

  init(_ environment: Project.Environment, sources: [String: SettingSource]) {
    self.environment = environment
    self.sources = sources
  }

  /// - Parameters:
  ///   - key: as reportgen.yaml has it below the environment's name: `on_lag.wait`.
  ///   - value: the property that the key sets.
  package func setting<Value>(
    _ key: String, _ value: (Project.Environment) -> Value
  ) -> Setting<Value> {
    Setting(value(environment), from: sources[key] ?? .builtIn)
  }
}

extension ProjectSettings {
  /// - Throws: Status 65 when no environment has the name.
  package func environment() throws(RunError) -> EnvironmentSettings {
    let name = environmentName.value
    var environment: Project.Environment
    var sources: [String: SettingSource] = [:]
    if name == Project.sandboxName {
      environment = sandboxEnvironment
      sources = ["replica": .sandbox, "primary": .sandbox, "owner": .sandbox]
    } else if let found = project.environments.first(where: { $0.name == name }) {
      environment = found
      sources = fileSources(of: name)
    } else {
      let known = [Project.sandboxName] + project.environments.map(\.name)
      throw RunError(
        .definition,
        Diagnostic(
          "no environment is named \"\(name)\"",
          hint: Suggestion.hint(for: name, among: known)
            ?? "\(Self.file) has: \(known.joined(separator: ", "))."))
    }
    for (key, path) in [("replica", \Project.Environment.replica), ("primary", \.primary)] {
      guard let given = surroundings.setting("REPORTGEN_\(key.uppercased())") else { continue }
      environment[keyPath: path] = given.value
      sources[key] = given.source
    }
    if !environment.hasReplica {
      environment.lagging = .usePrimary
      environment.confirm = .primary
    }
    return EnvironmentSettings(environment, sources: sources)
  }

  /// The sandbox as an environment, whatever environment is chosen.
  package var sandboxEnvironment: Project.Environment {
    Project.Environment(
      name: Project.sandboxName, replica: sandbox.conninfo(.replica, user: "reportgen_reader"),
      primary: sandbox.conninfo(.primary, user: "reportgen_writer"), owner: "reportgen_owner")
  }

  private func fileSources(of name: String) -> [String: SettingSource] {
    let prefix = "environments.\(name)."
    var sources: [String: SettingSource] = [:]
    for (key, place) in project.places where key.hasPrefix(prefix) {
      sources[String(key.dropFirst(prefix.count))] = .file(Self.file, line: place.line)
    }
    return sources
  }
}
