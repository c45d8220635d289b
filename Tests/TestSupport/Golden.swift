import Foundation
import Testing

/// Compares a text with the recorded one in Tests/Golden, to the byte.
///
/// `RECORD_GOLDEN=1` writes the file anew and fails once, so that the difference gets read before it is committed.
package func expectGolden(
  _ text: String, _ path: String, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = try goldenFolder(above: filePath) + "/" + path
  if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    Issue.record("recorded Tests/Golden/\(path); read its difference", sourceLocation: sourceLocation)
    return
  }
  guard let recorded = FileManager.default.contents(atPath: file) else {
    Issue.record("Tests/Golden/\(path) is missing; RECORD_GOLDEN=1 writes it", sourceLocation: sourceLocation)
    return
  }
  guard recorded != Data(text.utf8) else { return }
  let difference = firstDifference(String(decoding: recorded, as: UTF8.self), text)
  Issue.record("differs from Tests/Golden/\(path)\n\(difference)", sourceLocation: sourceLocation)
}

private struct NoTestsFolder: Error {}

private func goldenFolder(above file: String) throws -> String {
  var folder = URL(fileURLWithPath: file)
  while folder.lastPathComponent != "Tests" {
    guard folder.path != "/" else { throw NoTestsFolder() }
    folder.deleteLastPathComponent()
  }
  return folder.appendingPathComponent("Golden").path
}

private func firstDifference(_ recorded: String, _ text: String) -> String {
  let old = recorded.split(separator: "\n", omittingEmptySubsequences: false)
  let new = text.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(old, new).prefix { $0 == $1 }.count
  let show = { (lines: [Substring]) in
    line < lines.count ? String(reflecting: String(lines[line])) : "(no line)"
  }
  return "line \(line + 1)\n  recorded: \(show(old))\n  now:      \(show(new))"
}
