import Foundation
import TestSupport
import Testing

@testable import PostgresClient

@Suite struct ConnectionStringTests {
  private static let options = ConnectionOptions(
    name: "primary", applicationName: "ours", settings: [SessionSetting("search_path", "pg_catalog")])

  @Test(
    "our defaults apply where the user sets nothing",
    arguments: ["host=/nowhere", "postgresql://u@/db?host=/nowhere", "shop", ""])
  func defaults(_ text: String) throws {
    let string = try ConnectionString(text, Self.options)
    let value = { (keyword: String) in string.keywords.last { $0.keyword == keyword }?.value }
    #expect(value("keepalives_idle") == "5")
    #expect(value("tcp_user_timeout") == "10000")
    #expect(value("fallback_application_name") == "ours")
    #expect(value("dbname") == text)
    #expect(string.connectTimeoutSeconds == 5)
  }

  @Test(
    "the user's settings win",
    arguments: [
      "keepalives_idle=60 connect_timeout=9 tcp_user_timeout=7",
      "postgresql://u@h/db?keepalives_idle=60&connect_timeout=9&tcp_user_timeout=7",
    ])
  func usersOwn(_ text: String) throws {
    let string = try ConnectionString(text, Self.options)
    let ours = string.keywords.map(\.keyword)
    #expect(!ours.contains("keepalives_idle") && !ours.contains("tcp_user_timeout"))
    #expect(ours.contains("keepalives_count"))
    #expect(string.connectTimeoutSeconds == 9)
  }

  @Test("settings of a service file and of the environment win over our defaults")
  func serviceAndEnvironment() async throws {
    await #expect(processExitsWith: .success) {
      try await temporaryDirectory { folder in
        let file = folder + "/services"
        try "[shop]\nhost=/nowhere\nkeepalives_idle=61\nconnect_timeout=8\n"
          .write(toFile: file, atomically: true, encoding: .utf8)
        setenv("PGSERVICEFILE", file, 1)
        setenv("PGOPTIONS", "-c work_mem=1MB", 1)
        setenv("PGAPPNAME", "theirs", 1)
        let string = try ConnectionString("service=shop", ConnectionOptions(name: "primary"))
        #expect(string.userSettings["keepalives_idle"] == "61")
        #expect(!string.keywords.contains { $0.keyword == "keepalives_idle" })
        #expect(string.connectTimeoutSeconds == 8)
        #expect(string.userSettings["application_name"] == "theirs")
        #expect(string.userSettings["options"] == "-c work_mem=1MB")
        #expect(!string.keywords.contains { $0.keyword == "options" })
      }
    }
  }

  @Test(
    "the error for an invalid connection string does not show its password",
    arguments: [
      ("password=my secret", "libpq's message is not shown because the string may contain a password"),
      ("hots=a", "invalid connection option \"hots\""),
      ("host=a,b,c port=1,2", "could not match 2 port numbers to 3 hosts"),
      ("service=rg-no-such-service", "definition of service \"rg-no-such-service\" not found"),
    ])
  func refused(_ text: String, _ reason: String) async throws {
    let error = try await postgresError { _ = try ConnectionString(text, Self.options) }
    #expect(error.message == "could not read the connection string of \"primary\": \(reason)")
    #expect(error.sqlState == .invalidParameterValue && error.isConnectFailure && !error.isConnectionLost)
  }

  @Test(
    "a string with a password in the wrong place is refused before a connection, and no piece of it is shown",
    arguments: [
      "postgresql://u:x@y:SECRET@host", "postgresql:/u:SECRET@host/db",
      "postgresql:/u:SECRET@host/db?sslmode=require",
      "postgresql://u:SECRET", "postgresql://u:SE/CRET@host/db", "postgresql://u:12/SECRET@host/db",
      "postgresql://u:12?SECRET@host/db", "postgresql://u:x@SECRET@host/db",
      "postgresql://u:x@h:5432,SECRET@g/db",
      "postgresql://u:p%6SECRET@host/db", "postgresql://h/db?p%61ssword=a&SECRET", "host=h passwd=a SECRET",
      "host=h password='a' SECRET b", "Postgres :/u:SECRET@host", "host=h port=SECRET",
      "host=a,b port=1,SECRET",
      "host=h connect_timeout=SECRET", "host=h tcp_user_timeout=1SECRET", "host=u:SECRET@h",
    ])
  func misplacedPassword(_ text: String) async throws {
    let error = try await postgresError { _ = try await connect(text) }
    #expect(error.sqlState == .invalidParameterValue && error.isConnectFailure, "\(error)")
    #expect(error.message.hasPrefix("could not read the connection string of \"primary\": "))
    for piece in ["SECRET", "SE/", "CRET"] {
      #expect(
        !"\(error.message) \(error.detail ?? "") \(error.hint ?? "")".contains(piece), "\(error.message)")
    }
  }

  @Test("named pipes in place of files are refused: libpq would wait for a writer")
  func pipes() async throws {
    await #expect(processExitsWith: .success) {
      try await temporaryDirectory { folder in
        let pipe = folder + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let texts = ["sslcert=\(pipe)", "sslrootcert=\(pipe)", "sslcrl=\(pipe)", "service=shop"]
        setenv("PGSERVICEFILE", pipe, 1)
        for text in texts {
          let words = text == "service=shop" ? "the service file" : "\"\(text.prefix { $0 != "=" })\""
          let error = try await postgresError {
            _ = try ConnectionString(text, ConnectionOptions(name: "primary"))
          }
          #expect(
            error.message
              == "could not read the connection string of \"primary\": \(words) is a named pipe, and not a file"
          )
        }
        // Without a service nobody opens it.
        _ = try ConnectionString("host=/nowhere", ConnectionOptions(name: "primary"))
      }
    }
  }

  @Test(
    "what only looks strange is accepted",
    arguments: [
      "postgresql://u%40corp@h/d%40b", "host=/tmp user=u@corp dbname='a@b'", "host=@abstract", "port='5432 '",
      "postgresql://[::1]:5432/db", "postgres", "postgresql", "host=a,b port=1,2", "connect_timeout=' 7'",
    ])
  func strange(_ text: String) throws {
    _ = try ConnectionString(text, Self.options)
  }

  @Test("without one host, the other hosts keep their ports")
  func without() throws {
    let string = try ConnectionString("host=a,b,c port=1,2,3", Self.options)
    let others = try #require(string.without(host: "b", port: "2"))
    #expect(others.keywords.suffix(2).map(\.value) == ["a,c", "1,3"])
    #expect(try ConnectionString("host=a", Self.options).without(host: "a", port: "5432") == nil)
  }

  @Test(
    "a password in the string itself is found, in every form of a string",
    arguments: [
      ("host=a password=b", true), ("host = a password = 'b c'", true), ("sslpassword=b", true),
      ("postgresql://user:secret@a/db", true), ("postgres://user@a/db?password=b", true),
      ("postgresql://user:secret@a/db?driver=x", true), ("hots=a password=b", true),
      ("host=a dbname='password=b'", false), ("service=shop", false), ("shop", false), ("", false),
      ("postgresql://h/db?p%61ssword=b", true), ("postgresql://h/db?driver=x&p%61ssword=b", true),
      ("postgresql:/u:secret@h/db", true), ("postgresql://u:se/cret@h/db", true),
      ("postgresql://user@a:5432,b:5433/db", false), ("postgresql://user@a/db?driver=x", false),
      ("passfile=/etc/reportgen/pgpass", false),
    ])
  func password(_ text: String, _ holds: Bool) {
    #expect(Conninfo.holdsPassword(text) == holds, "\(text)")
  }
}
