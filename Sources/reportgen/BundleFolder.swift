import Foundation
import ReportExport
import ReportModel
import SupersetAssets

/// A bundle's folder and its ZIP, each replaced as a whole.
struct BundleFolder {
  /// Absolute.
  let path: String

  private static let marker = "metadata.yaml"

  /// - Throws: `Diagnostic`, also for a folder that holds anything but an earlier bundle.
  func replace(with bundle: AssetBundle) throws {
    let manager = FileManager.default
    if manager.fileExists(atPath: path), !isBundle, try !manager.contentsOfDirectory(atPath: path).isEmpty {
      throw Diagnostic(
        "\"\(path)\" is not an earlier bundle",
        hint: "Name a folder that does not exist yet, or an empty one.")
    }
    let new = path + ".new"
    do {
      try? manager.removeItem(atPath: new)
      for file in bundle.files {
        let url = URL(filePath: new).appending(path: file.path)
        try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.text.utf8).write(to: url)
      }
      try? manager.removeItem(atPath: path)
      try manager.moveItem(atPath: new, toPath: path)
      try Data(bundle.zip).write(to: URL(filePath: path + ".zip"), options: .atomic)
    } catch {
      try? manager.removeItem(atPath: new)
      throw Diagnostic("could not write \"\(path)\": \(error.localizedDescription)")
    }
  }

  private var isBundle: Bool { FileManager.default.fileExists(atPath: path + "/" + Self.marker) }
}
