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
      try await expectEveryCommand(project)
      try await expectServers(project, place: ("primary", "replica"))
    }
  }

  private func expectEveryCommand(_ project: CommandProject) async throws {
    for command in Self.commands {
      let outcome = try await project.run(command)
      #expect(outcome.status == 0, "\(command)")
      #expect(outcome.error == "", "\(command)")
    }
    try project.expectFile("total", order: "item nulls last")
  }

  /// The servers of tests have fsync off; that both answer is what the string decides.
  private func expectServers(_ project: CommandProject, place: (primary: String, replica: String))
    async throws
  {
    let doctor = try await project.run("doctor").output
    func shows(_ subject: String, _ place: String) -> Bool {
      doctor.split(separator: "\n").contains { line in
        line.contains(/^ok +servers +/) && line.contains(subject) && line.contains(" \(place), PostgreSQL")
      }
    }
    #expect(shows("primary", place.primary), "\(doctor)")
    #expect(shows("replica", place.replica), "\(doctor)")
    #expect(!doctor.contains(/problem +(servers|rights|ledger|configuration)/), "\(doctor)")
  }

  @Test(
    "over TLS with sslmode=verify-full every command works, and a wrong certificate is refused with advice")
  func verified() async throws {
    try await TLSServers.with { servers in
      try await withProject(on: servers.pair) { project in
        var project = project
        let (primary, replica) = (servers.pair.port(.primary), servers.pair.port(.replica))
        func string(_ host: String, _ authority: String?, port: Int, user: String) -> String {
          "host=\(host) hostaddr=\(servers.address) port=\(port) dbname=\(project.database.name) user=\(user)"
            + " sslmode=verify-full sslrootcert=\(authority ?? project.folder + "/none.pem")"
        }
        func configure(_ host: String, _ authority: String?) throws {
          try project.configure(
            replica: string(host, authority, port: replica, user: "reportgen_reader"),
            primary: string(host, authority, port: primary, user: "reportgen_writer"))
        }
        try configure(TLSServers.host, servers.authority)
        try await expectEveryCommand(project)
        try await expectServers(
          project, place: ("\(servers.address):\(primary)", "\(servers.address):\(replica)"))

        let advice = "hint: Look at sslmode, sslrootcert and the host's name: verify-full needs a certificate"
        for (host, authority, words) in [
          ("other.shop.test", servers.authority, ["\"\(TLSServers.host)\"", "\"other.shop.test\""]),
          (TLSServers.host, servers.otherAuthority, ["certificate verify failed"]),
          (TLSServers.host, nil, ["none.pem"]),
        ] {
          try configure(host, authority)
          for command in [["run", "total"], ["status"]] {
            let outcome = try await project.run(command)
            #expect(outcome.status == 69 && outcome.error.contains(advice), "\(outcome.error)")
            #expect(words.allSatisfy(outcome.error.contains), "\(outcome.error)")
          }
          let doctor = try await project.run("doctor")
          #expect(doctor.status == 69 && doctor.output.contains(advice), "\(doctor.output)")
        }

        // Two hosts, both in a service, whose authority comes from a variable.
        func service(_ name: String, _ user: String, _ attributes: String) -> String {
          let host =
            "host=\(TLSServers.host),\(TLSServers.host)\nhostaddr=\(servers.address),\(servers.address)"
          return
            "[\(name)]\n\(host)\nport=\(replica),\(primary)\ndbname=\(project.database.name)\nuser=\(user)"
            + "\nsslmode=verify-full\ntarget_session_attrs=\(attributes)\n"
        }
        try project.write(
          service("shop-primary", "reportgen_writer", "read-write")
            + service("shop-replica", "reportgen_reader", "prefer-standby"), to: "services")
        project.environment["PGSERVICEFILE"] = project.folder + "/services"
        project.environment["PGSSLROOTCERT"] = servers.authority
        try project.configure(replica: "service=shop-replica", primary: "service=shop-primary")
        try await expectEveryCommand(project)
      }
    }
  }

  @Test("a server of the other kind ends a run 75 with the advice to name a leader or a replica")
  func otherKind() async throws {
    try await withProject { project in
      let pair = project.database.pair
      let primary = pair.conninfo(.replica, user: "reportgen_writer", database: project.database.name)
      try project.configure(primary: "\"\(primary) target_session_attrs=read-write\"")
      let run = try await project.run("run", "total")
      #expect(run.status == 75)
      #expect(
        run.error == """
          error: could not connect to "primary": SOCKETS/.s.PGSQL.\(pair.port(.replica)): session is read-only
            detail: Nothing was changed.
            hint: Name the leader by an address that follows it, such as a virtual address: of a list of hosts, one that was the leader can still take writes.

          """)
      let replica = pair.conninfo(.primary, user: "reportgen_reader", database: project.database.name)
      try project.configure(replica: "\"\(replica) target_session_attrs=standby\"")
      let reading = try await project.run("run", "total")
      #expect(reading.status == 75)
      #expect(reading.error.contains("hint: Name every host that may be a replica"), "\(reading.error)")
    }
  }

  @Test("doctor names the variables of libpq that give values, and no value of a password")
  func variables() async throws {
    try await withProject { project in
      var project = project
      let pair = project.database.pair
      try project.configure(
        replica: "\"port=\(pair.port(.replica)) user=reportgen_reader\"", primary: "\"user=reportgen_writer\""
      )
      project.environment = [
        "PGHOST": pair.socketDirectory, "PGPORT": "\(pair.port(.primary))",
        "PGDATABASE": project.database.name,
        "PGUSER": "nobody", "PGPASSWORD": "SECRET",
      ]
      let doctor = try await project.run("doctor").output
      for (key, string, variables, line) in [
        (
          "primary", "port=\(pair.port(.primary)) dbname=DATABASE user=reportgen_writer",
          "PGHOST, PGPORT, PGDATABASE, PGPASSWORD", 6
        ),
        (
          "replica", "port=\(pair.port(.replica)) dbname=DATABASE user=reportgen_reader",
          "PGHOST, PGDATABASE, PGPASSWORD", 5
        ),
      ] {
        let value =
          "host=SOCKETS \(string) sslmode=prefer password=<redacted>, with \(variables) (reportgen.yaml:\(line))"
        #expect(
          doctor.split(separator: "\n").contains {
            $0.contains(" \(key) ") && $0.hasSuffix(value)
          }, "\(doctor)")
      }
      #expect(!doctor.contains("SECRET"), "\(doctor)")

      // A service comes before the other variables.
      try project.write(
        "[shop]\nhost=\(pair.socketDirectory)\nport=\(pair.port(.primary))\ndbname=\(project.database.name)\n",
        to: "services")
      project.environment = [
        "PGSERVICEFILE": project.folder + "/services", "PGSERVICE": "shop", "PGHOST": "/nowhere",
      ]
      try project.configure(replica: "user=reportgen_reader", primary: "user=reportgen_writer")
      let service = try await project.run("doctor").output
      #expect(
        service.contains(
          "host=SOCKETS port=\(pair.port(.primary)) dbname=DATABASE user=reportgen_writer sslmode=prefer, with PGSERVICE"
            + " (reportgen.yaml:6)"), "\(service)")
    }
  }
}
