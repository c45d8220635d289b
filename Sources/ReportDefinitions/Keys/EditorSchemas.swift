/// The JSON Schemas by which editors complete and check a project's files.
package enum EditorSchemas {
  /// The folder in a project, as `reportgen start` writes it.
  package static let folder = "schemas"

  /// A file's name without `.schema.json`, its title and its keys.
  static let all: [(name: String, title: String, keys: KeyTable)] = [
    ("report", "A report's metadata: reports/NAME.yaml", ReportKeys.root),
    ("project", "A project: reportgen.yaml", ProjectKeys.root),
    ("test", "Tests of a report: reports/NAME.test.yaml", TestKeys.root),
    ("dashboard", "A dashboard: reports/dashboards/NAME.yaml", DashboardKeys.root),
  ]

  /// Relative to the project's folder.
  package static func path(_ name: String) -> String { "\(folder)/\(name).schema.json" }

  /// Every schema, by its path, in a fixed order.
  package static func files() -> [(path: String, text: String)] {
    all.map { (path($0.name), JSONSchema.text($0.keys, name: $0.name, title: $0.title)) }
  }

  /// The first line of a YAML file with such a schema.
  ///
  /// - Parameter folder: the way from the file's folder to the project's: `../`.
  package static func line(_ name: String, from folder: String = "") -> String {
    "# yaml-language-server: $schema=\(folder)\(path(name))\n"
  }
}
