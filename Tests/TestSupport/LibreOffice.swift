import Foundation
import Testing

/// A workbook as LibreOffice shows it.
package enum LibreOffice {
  private static let program = ["/usr/bin/soffice", "/usr/bin/libreoffice"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  package static let isInstalled = program != nil
  package static let hint: Comment = "LibreOffice is missing: apt-get install libreoffice-calc-nogui"

  /// The first sheet as it is shown, with tabs.
  ///
  /// - Parameter folder: for the profile and the file.
  package static func csv(of path: String, in folder: String) throws -> String {
    try convert(path, "", in: folder)
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return try String(contentsOfFile: "\(folder)/\(name).csv", encoding: .utf8)
  }

  /// Every sheet by its name, with tabs.
  ///
  /// - Parameter folder: for the profile and the files; it has no other CSV files.
  package static func sheets(of path: String, in folder: String) throws -> [String: String] {
    try convert(path, ",false,false,false,-1", in: folder)
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    var sheets: [String: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".csv") {
      sheets[String(file.dropFirst(name.count + 1).dropLast(4))] = try String(
        contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
    }
    return sheets
  }

  private static func convert(_ path: String, _ more: String, in folder: String) throws {
    let process = Process()
    process.executableURL = program.map { URL(fileURLWithPath: $0) }
    process.arguments = [
      "-env:UserInstallation=file://\(folder)/profile", "--headless", "--convert-to",
      "csv:Text - txt - csv (StarCalc):9,34,76,1,,1033,false,true\(more)", "--outdir", folder, path,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
  }
}
