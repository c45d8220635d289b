import Foundation

/// One execution of the command, as the ledger records it.
package struct RunRecord: Hashable, Sendable {
  package var id: UUID
  package var host: String
  package var processID: Int32
  package var version: String
  package var arguments: [String]

  package init(id: UUID = UUID(), host: String, processID: Int32, version: String, arguments: [String]) {
    self.id = id
    self.host = host
    self.processID = processID
    self.version = version
    self.arguments = arguments
  }
}
