import Glibc

/// A program with its arguments, ready to be spawned; nothing of it ever passes through a shell.
package struct Command: Sendable {
  package var executable: String
  package var arguments: [String]
  /// Set over what our own environment gives; see `inheritedEnvironment`.
  package var environment: [String: String]
  /// Where the program starts; the servers' user cannot enter every folder, but always the root.
  package var directory: String
  /// The program gets all of our own environment, as a user's own commands expect.
  package var inheritsAll: Bool

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

  /// The same as another OS user; setpriv replaces itself, so the process keeps its id.
  func run(as user: ServerUser) -> Command {
    guard let other = user.name else { return self }
    var command = self
    command.arguments =
      ["--reuid=\(other)", "--regid=\(user.groupID)", "--init-groups", "--", executable] + arguments
    command.executable = ServerUser.setpriv
    return command
  }

  /// `NAME=value` for the new process: ours, without what would send PostgreSQL's programs elsewhere.
  var environmentList: [String] {
    var all = Self.inheritedEnvironment
    if !inheritsAll {
      all = all.filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("LC_") }
      // Messages are read by us, so they come in English; encodings are always named.
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
