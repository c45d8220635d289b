import Foundation
import ReportModel

/// The version of each dataset's rows that a Superset shows, stored in a file between runs.
///
/// A dataset without an entry must be refreshed, so a lost file costs only unnecessary refreshes.
package struct ShownVersions: Codable, Equatable, Sendable {
  /// The URL of the Superset. The entries of another one are not used.
  package var url: String
  /// The version of the rows by the name of the dataset.
  package var datasets: [String: String]

  package init(url: String, datasets: [String: String] = [:]) {
    self.url = url
    self.datasets = datasets
  }

  /// - Parameter text: the contents of the file. Starts without entries when it is nil, not readable or of another URL.
  package init(url: String, reading text: String?) {
    let read = text.flatMap { try? JSONDecoder().decode(ShownVersions.self, from: Data($0.utf8)) }
    self = read.flatMap { $0.url == url ? $0 : nil } ?? ShownVersions(url: url)
  }

  /// The contents of the file: JSON with sorted names.
  package var text: String {
    let members = datasets.sorted { $0.key < $1.key }.map { ($0.key, OrderedJSON.text($0.value)) }
    return OrderedJSON.object([("url", .text(url)), ("datasets", .object(members))]).pretty
  }

  /// The names of datasets whose rows have changed, sorted.
  ///
  /// - Parameter current: the current version by name. Datasets that it does not contain are ignored.
  package func owed(_ current: [String: String]) -> [String] {
    current.filter { datasets[$0.key] != $0.value }.map(\.key).sorted()
  }
}
