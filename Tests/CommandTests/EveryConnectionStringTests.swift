import Foundation
import TestSupport
import Testing

/// Every command works with every connection string that libpq understands and that leads to the right servers.
@Suite("Every connection string")
struct EveryConnectionStringTests {
  /// Commands that open sessions, each of which ends with 0 in a project whose report `total` is published.
  static let commands = [
    ["init"], ["plan", "total"], ["plan", "total", "--diff"], ["run", "total"], ["verify", "total"],
    ["export", "total"], ["status"], ["history"],
  ]

  struct Strings: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// In which HOST, PRIMARY and REPLICA stand for the servers' folder and ports.
    let primary: String
    let replica: String

    init(_ name: String, primary: String, replica: String) {
      (testDescription, self.primary, self.replica) = (name, primary, replica)
    }

    /// The usual strings with more keywords.
    static func plain(_ primary: String, _ replica: String) -> Strings {
      Strings("\(primary) | \(replica)", primary: writer + " " + primary, replica: reader + " " + replica)
    }

    static let writer = "host=HOST port=PRIMARY dbname=DB user=reportgen_writer"
    static let reader = "host=HOST port=REPLICA dbname=DB user=reportgen_reader"
    private static let both = "host=HOST,HOST port=REPLICA,PRIMARY dbname=DB"

    static func several(_ primary: String, _ replica: String) -> Strings {
      Strings(
        "several hosts, \(primary) | \(replica)",
        primary: "\(both) user=reportgen_writer target_session_attrs=\(primary)",
        replica: "\(both) user=reportgen_reader target_session_attrs=\(replica)")
    }
  }

  static let strings: [Strings] = [
    .plain("", ""), .plain("target_session_attrs=any", "target_session_attrs=any"),
    .plain("target_session_attrs=read-write", "target_session_attrs=read-only"),
    .plain("target_session_attrs=primary", "target_session_attrs=standby"),
    .plain("target_session_attrs=prefer-standby", "target_session_attrs=prefer-standby"),
    .several("read-write", "read-only"), .several("primary", "standby"),
    .several("read-write", "prefer-standby"),
    .several("primary", "any"),
    Strings(
      "URI", primary: "postgresql://reportgen_writer@:PRIMARY/DB?host=HOST&target_session_attrs=read-write",
      replica: "postgresql://reportgen_reader@:REPLICA/DB?host=HOST"),
    Strings("services", primary: "service=shop-primary", replica: "service=shop-replica"),
    .plain(
      "options='-c work_mem=5MB -c search_path=public -c DateStyle=German'",
      "options='-c work_mem=5MB -c search_path=public -c DateStyle=German'"),
    .plain("passfile=/nowhere/pgpass", "passfile=/nowhere/pgpass"),
    .plain("sslmode=prefer gssencmode=disable", "sslmode=disable channel_binding=prefer"),
    .plain("application_name=ours client_encoding=LATIN1", "connect_timeout=9 keepalives=0"),
  ]

  @Test("every command works with it", arguments: strings)
  func everyCommand(strings: Strings) async throws {
    try await withProject { project in
      var project = project
      func filled(_ text: String) -> String {
        let pair = project.database.pair
        return text.replacing("HOST", with: pair.socketDirectory).replacing("DB", with: project.database.name)
          .replacing("PRIMARY", with: "\(pair.port(.primary))").replacing(
            "REPLICA", with: "\(pair.port(.replica))")
      }
      let service = { (name: String, string: String) in
        "[\(name)]\n" + filled(string).split(separator: " ").joined(separator: "\n") + "\n"
      }
      try project.write(
        service("shop-primary", Strings.writer + " target_session_attrs=read-write")
          + service("shop-replica", Strings.reader + " target_session_attrs=prefer-standby"), to: "services")
      project.environment["PGSERVICEFILE"] = project.folder + "/services"
      try project.configure(
        replica: "\"\(filled(strings.replica))\"", primary: "\"\(filled(strings.primary))\"",
        onLag: "{wait: 30s, then: use_primary}")
      for command in Self.commands {
        let outcome = try await project.run(command)
        #expect(outcome.status == 0, "\(command)")
        #expect(outcome.error == "", "\(command)")
      }
      try project.expectFile("total", order: "item nulls last")
      // The servers of tests have fsync off; that both answer is what the string decides.
      let doctor = try await project.run("doctor").output
      #expect(doctor.contains(/ok +servers +primary +primary, PostgreSQL/), "\(doctor)")
      #expect(doctor.contains(/ok +servers +replica.* +replica, PostgreSQL/), "\(doctor)")
      #expect(!doctor.contains(/problem +(servers|rights|ledger|configuration)/), "\(doctor)")
    }
  }
}
