import Glibc

/// A program with its arguments, environment and folder, ready to be started; no shell reads any of it.
package struct Command: Sendable {
  /// An absolute path: PATH is not searched.
  package var executable: String
  /// Without the program's own name.
  package var arguments: [String]
  /// Overrides inherited variables of the same name.
  package var environment: [String: String]
  /// The working directory. The default is the root, which every OS user may enter.
  package var directory: String
  /// Whether the program inherits our whole environment, as a user's own commands expect; otherwise variables that
  /// change what PostgreSQL's programs do (`PG*`, `LC_*`, `TZ`) are left out.
  package var inheritsAll: Bool

  /// - Parameters: as the properties describe them.
  package init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], directory: String = "/",
    inheritsAll: Bool = false
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.inheritsAll = inheritsAll
  }

  /// `NAME=value` for the new process, sorted.
  var environmentList: [String] {
    var all = Self.inheritedEnvironment
    if !inheritsAll {
      all = all.filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("LC_") }
      // We read the messages, so they have to be in English.
      all["LC_ALL"] = "C"
      all["PGCLIENTENCODING"] = "UTF8"
      all["TZ"] = nil
    }
    all.merge(environment) { $1 }
    return all.map { "\($0.key)=\($0.value)" }.sorted()
  }

  private static let inheritedEnvironment: [String: String] = {
    var all: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        all[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next += 1
    }
    return all
  }()
}
