import Foundation

/// One execution of the command, as the ledger records it.
package struct RunRecord: Hashable, Sendable {
  /// Key of its row in `reportgen.run`.
  package var id: UUID
  var host: String
  var processID: Int32
  var version: String
  var arguments: [String]

  package init(id: UUID = UUID(), host: String, processID: Int32, version: String, arguments: [String]) {
    self.id = id
    self.host = host
    self.processID = processID
    self.version = version
    self.arguments = arguments
  }
}
