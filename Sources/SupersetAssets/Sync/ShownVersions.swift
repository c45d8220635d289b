import Foundation
import ReportModel

/// Which rows a Superset is known to show, dataset by dataset, remembered from run to run.
///
/// What it does not name counts as owed: whoever loses the file, or dies before writing it, only asks for too much.
package struct ShownVersions: Codable, Equatable, Sendable {
  /// Of the Superset; another one shows nothing yet.
  package var url: String
  package var datasets: [String: String]

  package init(url: String, datasets: [String: String] = [:]) {
    self.url = url
    self.datasets = datasets
  }

  /// - Parameter text: of the file; nil, or nothing that can be read, starts anew.
  package init(url: String, reading text: String?) {
    let read = text.flatMap { try? JSONDecoder().decode(ShownVersions.self, from: Data($0.utf8)) }
    self = read.flatMap { $0.url == url ? $0 : nil } ?? ShownVersions(url: url)
  }

  package var text: String {
    let members = datasets.sorted { $0.key < $1.key }.map { ($0.key, OrderedJSON.text($0.value)) }
    return OrderedJSON.object([("url", .text(url)), ("datasets", .object(members))]).pretty
  }

  /// The datasets whose rows changed since, sorted.
  ///
  /// - Parameter current: what their tables hold; those that are not in it are nobody's business.
  package func owed(_ current: [String: String]) -> [String] {
    current.filter { datasets[$0.key] != $0.value }.map(\.key).sorted()
  }
}
