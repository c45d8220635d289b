import Foundation
import PostgresClient
import ReportDefinitions
import ReportLedger
import ReportModel

/// What `reportgen start` was told of the project that it begins.
package struct StartChoice: Hashable, Sendable {
  /// The name of its first environment.
  package var environment: String
  /// libpq connection strings; the replica's can be `none`.
  package var primary: String
  package var replica: String
  /// The role that is to own the summary tables.
  package var owner: String
  package var timezone: String
  /// The table of a first report, as `new --from` takes it.
  package var table: String?
  /// The first report's name; nil: after the table.
  package var report: String?

  package init(
    environment: String, primary: String, replica: String, owner: String, timezone: String,
    table: String? = nil, report: String? = nil
  ) {
    self.environment = environment
    self.primary = primary
    self.replica = replica
    self.owner = owner
    self.timezone = timezone
    self.table = table
    self.report = report
  }

  package static let owner = "reportgen_owner"

  /// How a Superset could reach the tables, as role `superset`; nil where the string has no host.
  private var databaseURI: String? {
    let options = ConnectionOptions(name: "primary")
    guard let place = try? Conninfo.places(in: primary, options).first,
      let database = try? Conninfo.target(of: primary, options).database
    else { return nil }
    func encoded(_ text: String) -> String {
      text.addingPercentEncoding(withAllowedCharacters: .urlUserAllowed.union(["/"])) ?? text
    }
    let host = place.host.isEmpty ? place.address : place.host
    let start = "postgresql+psycopg2://superset@"
    if host.isEmpty || host.hasPrefix("/") {
      let port = place.port.isEmpty ? "" : "&port=\(place.port)"
      return "\(start)/\(encoded(database))" + (host.isEmpty ? "" : "?host=\(encoded(host))\(port)")
    }
    let name = host.contains(":") ? "[\(host)]" : encoded(host)
    return "\(start)\(name)\(place.port.isEmpty ? "" : ":" + place.port)/\(encoded(database))"
  }

  /// `reportgen.yaml`
  package var yaml: String {
    var values = [
      ("timezone: \(WrittenYAML.scalar(timezone))", "where a day begins"),
      ("output: out", "the folder of CSV files and pages"),
      ("default_env: \(WrittenYAML.scalar(environment))", "of commands without --env"), ("environments:", ""),
      ("  \(WrittenYAML.scalar(environment)):", ""),
      ("    primary: \(WrittenYAML.scalar(primary))", "reports are published here"),
      (
        "    replica: \(WrittenYAML.scalar(replica))",
        replica == Project.Environment.noReplica ? "one server: reports are read on it, too" : "and read here"
      ),
      ("    owner: \(WrittenYAML.scalar(owner))", "owns the summary tables"),
    ]
    if let databaseURI {
      values += [
        ("    superset:", ""),
        ("      # url: http://superset.example:8088", "where it is, for \"superset sync\""),
        ("      database_uri: \(WrittenYAML.scalar(databaseURI))", "how it reads the tables"),
      ]
    }
    return EditorSchemas.line("project")
      + values.map { key, note in
        note.isEmpty
          ? key + "\n" : key + String(repeating: " ", count: max(1, 40 - key.count)) + "# \(note)\n"
      }.joined()
  }

  package static let gitignore = """
    # CSV files and pages, and the sandbox
    /out/
    /.reportgen/

    """

  /// `reports/dashboards/overview.yaml`: the charts of the first report.
  static func dashboard(_ report: Report) -> String {
    let charts = report.superset.charts.map { "\(report.name)/\($0.name)" }
    return EditorSchemas.line("dashboard", from: "../../")
      + "title: Overview\nrows:\n" + charts.map { "  - [\($0)]\n" }.joined()
  }

  /// The first report's name: the option's, or the table's in lower case with hyphens.
  package var reportName: String {
    if let report { return report }
    let table = StartChoice.table(table ?? "")
    var name = ""
    for byte in table.lowercased().utf8 {
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      if isLetter || isDigit {
        name.unicodeScalars.append(Unicode.Scalar(byte))
      } else if !name.isEmpty, !name.hasSuffix("-") {
        name += "-"
      }
    }
    while name.hasSuffix("-") { name.removeLast() }
    return name.isEmpty ? "first-report" : String(name.prefix(60))
  }

  private static func table(_ written: String) -> String {
    NewReport.names(written).first?.name ?? written
  }

  /// The servers, with sessions of the roles that connect; with `owner` as the project will have them.
  func servers(as owner: String?) -> Servers {
    var servers = Servers(replica: replica, primary: primary, owner: owner, timezone: timezone)
    // No reportgen.yaml names them yet.
    servers.startHint = "Check that the server runs, and the connection strings of both servers."
    return servers
  }
}
