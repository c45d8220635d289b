import Glibc
import ReportModel

/// The files of a report's intervals that are there, by their names; only the newest manifest is read.
struct KeptFiles: Hashable, Sendable {
  /// An interval's folder that reportgen wrote.
  struct Folder: Hashable, Sendable {
    /// `2026-11-22`.
    var name: String
    /// In the order to show, the manifest last.
    var files: [String]
  }

  /// Newest first, without those of other than the default parameters.
  var folders: [Folder] = []
  /// The newest interval; where the states are unknown, the newest that has files.
  var newest: String?
  /// Files of the newest interval are not there, or those of another run.
  var isOwed = false

  private static let maxManifestBytes = 8 << 20

  init() {}

  /// - Parameter directory: the report's folder; nil when there is none.
  init(in directory: Directory?, of entry: CatalogueReport) throws {
    let names = [".html", ".csv", ".xlsx"].map { entry.report.name + $0 }
    for name in try directory?.names().reversed() ?? []
    where FileNames.isInterval(name) && !name.contains("+") && directory?.kind(of: name) == S_IFDIR {
      guard directory?.kind(of: "\(name)/\(FileNames.manifest)") == S_IFREG else { continue }
      let files = names.filter { directory?.kind(of: "\(name)/\($0)") == S_IFREG }
      folders.append(Folder(name: name, files: files + [FileNames.manifest]))
    }
    newest = entry.standing == nil ? folders.first?.name : entry.standing?.newest
    guard entry.standing != nil, let newest else { return }
    isOwed = !hasWanted(of: entry.report, newest)
    guard !isOwed, let run = entry.fileRun, let folder = try directory?.folder(newest, create: false) else {
      return
    }
    let manifest = try folder.read(FileNames.manifest, limitBytes: Self.maxManifestBytes) ?? []
    isOwed = !String(decoding: manifest, as: UTF8.self).contains("\"run\": \"\(run)\"")
  }

  subscript(name: String) -> Folder? { folders.first { $0.name == name } }

  private func hasWanted(of report: Report, _ interval: String) -> Bool {
    let export = report.export
    let wanted =
      (export.html == nil ? [] : [".html"]) + (export.csv == nil ? [] : [".csv"])
      + (export.xlsx == nil ? [] : [".xlsx"])
    let files = Set(self[interval]?.files ?? [])
    return wanted.allSatisfy { files.contains(report.name + $0) }
  }
}

extension CatalogueReport {
  /// The run that the manifest of the newest interval names; nil where files show the whole relation, which a later
  /// run of an older interval changes, too, and for a report without files.
  fileprivate var fileRun: String? {
    guard [.incremental, .append, .none].contains(report.materialization.kind) else { return nil }
    let export = report.export
    guard export.csv != nil || export.html != nil || export.xlsx != nil else { return nil }
    return published.first?.run
  }
}
