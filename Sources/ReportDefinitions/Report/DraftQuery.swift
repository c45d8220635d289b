import ReportModel

/// A SELECT that is to become a report.
package struct DraftQuery: Hashable, Sendable {
  /// The whole text, ending in a line feed.
  package let sql: String
  package let syntax: QuerySyntax
  /// What the parser found where only the server can parse the text: its words if that one refuses it, too.
  package let parserErrors: [Diagnostic]
  private let text: QueryText

  /// - Parameters:
  ///   - sql: as it was written.
  ///   - file: for diagnostics.
  /// - Throws: `RunError` 65 with all that is wrong with it.
  package init(_ sql: String, file: String) throws(RunError) {
    self.sql = sql.hasSuffix("\n") ? sql : sql + "\n"
    let read = try Self.read(self.sql, file, .parser)
    if let query = read.query, read.errors.isEmpty {
      (text, syntax, parserErrors) = (query, .parser, [])
      return
    }
    // Newer than the parser, or wrong.
    let newer = read.query == nil ? try Self.read(self.sql, file, .server) : read
    guard let query = newer.query, newer.errors.isEmpty else { throw RunError(.definition, read.errors) }
    (text, syntax, parserErrors) = (query, .server, read.errors)
  }

  /// Names in the order of the text, without `start` and `end`.
  package var parameterNames: [String] {
    var names: [String] = []
    for reference in text.references where !["start", "end"].contains(reference.name) {
      if !names.contains(reference.name) { names.append(reference.name) }
    }
    return names
  }

  package var hasBounds: Bool { text.references.contains { ["start", "end"].contains($0.name) } }

  /// The query for the server to describe: parameters are `$1`, `$2` …, in the order of `parameterNames`.
  package var describable: FilledQuery {
    var literals: [String: QueryText.Literal] = ["start": "NULL::date", "end": "NULL::date"]
    for (index, name) in parameterNames.enumerated() { literals[name] = "$\(index + 1)" }
    return text.filled(literals)
  }

  private struct Reading: Sendable {
    var query: QueryText?
    var errors: [Diagnostic]
  }

  private static func read(_ sql: String, _ file: String, _ syntax: QuerySyntax) throws(RunError) -> Reading {
    do throws(Diagnostic) {
      let readings = try DeepStack.map([sql]) { sql in
        let source = SQLText(sql, role: .report) { SourcePlace(utf8Offset: $0, in: sql) }
        var analyzer = QueryAnalyzer(source, file: file, syntax: syntax)
        let analysis = analyzer.analyze()
        return Reading(query: analysis?.query, errors: analyzer.findings.all.filter { $0.severity == .error })
      }
      return readings.first ?? Reading(query: nil, errors: [])
    } catch {
      throw RunError(.definition, error)
    }
  }
}
