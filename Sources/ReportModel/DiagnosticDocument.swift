/// A diagnostic as JSON.
package struct DiagnosticDocument: Codable, Sendable, Hashable {
  package var severity: String
  package var message: String
  package var detail: String?
  package var hint: String?
  package var file: String?
  package var line: Int?
  package var column: Int?
  package var sqlState: String?

  package init(_ diagnostic: Diagnostic) {
    severity = diagnostic.severity.rawValue
    message = diagnostic.message
    detail = diagnostic.fullDetail
    hint = diagnostic.hint
    file = diagnostic.file
    line = diagnostic.place?.line
    column = diagnostic.place?.column
    sqlState = diagnostic.sqlState
  }
}
