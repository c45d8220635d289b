import ReportLedger
import ReportModel

/// Which reports and tables take part in the tests of a command.
struct TestScope {
  /// Those that are tested and those whose summary tables are read or given, each after the ones that it reads.
  let reports: [Report]
  /// Tables that no report makes: those of the store.
  let tables: [QualifiedName]
  private let makers: [QualifiedName: Report]

  init(_ suites: [ReportTests], graph: DependencyGraph) {
    let byName = Dictionary(graph.reports.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    makers = Dictionary(
      graph.reports.compactMap { report in report.materialization.table.map { ($0, report) } },
      uniquingKeysWith: { first, _ in first })
    let given = suites.flatMap(\.tests).flatMap(\.given).map(\.table)
    var names = Set(suites.map(\.report))
    let checked = names.compactMap { byName[$0] }.flatMap(\.checkReads)
    for table in given + checked { if let maker = makers[table] { names.insert(maker.name) } }
    names.formUnion(names.flatMap(graph.upstream))
    reports = graph.levels(of: names.sorted().compactMap { byName[$0] }).flatMap { $0 }
    let made = makers
    tables = Set(given + checked + reports.flatMap(\.reads)).filter { made[$0] == nil && !Self.isSystem($0) }
      .sorted()
  }

  var schemas: [String] {
    let made = reports.compactMap { $0.materialization.table }
    return Set((tables + made).map(\.schema)).sorted()
  }

  /// The names of the reports whose summary tables a report reads.
  func makers(of report: Report) -> [String] { report.reads.compactMap { makers[$0]?.name } }

  private static func isSystem(_ table: QualifiedName) -> Bool {
    table.schema.hasPrefix("pg_") || table.schema == "information_schema"
  }
}
