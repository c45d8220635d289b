import Foundation
import ReportModel

/// The names that are allowed for files and folders below the output folder. None of them can lead out of it.
enum FileNames {
  static let manifest = "manifest.json"
  static let latest = "latest"

  /// Lower-case letters, digits and hyphens, as in definitions; at most 60 characters.
  static func isReport(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return (1...60).contains(bytes.count) && bytes[0] != hyphen
      && bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == hyphen }
  }

  /// `2026-11-22`, `2026-11`, or the name of a version of a report without intervals; at most 100 characters.
  static func isInterval(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard (1...100).contains(bytes.count), name != latest else { return false }
    let inner = Array("-._+=".utf8)
    return isLetter(bytes[0]) || isDigit(bytes[0])
      ? bytes.allSatisfy { isLetter($0) || isDigit($0) || inner.contains($0) } : false
  }

  /// One path component in any script, not hidden and without control characters; at most 180 bytes.
  static func isFile(_ name: String) -> Bool {
    let scalars = name.unicodeScalars
    return (1...180).contains(name.utf8.count) && scalars.first != "." && name != manifest
      && scalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "/" && $0 != "\\" }
  }

  /// The temporary name of a file: `.sales-daily.csv.partial-058e661d-…`.
  ///
  /// - Parameter writer: unique across hosts, because containers with a common volume can have equal process ids.
  static func partial(_ name: String, writer: UUID) -> String {
    ".\(name).partial-\(writer.uuidString.lowercased())"
  }

  /// Whether this is a temporary name of any file and writer.
  static func isPartial(_ name: String) -> Bool {
    guard name.hasPrefix("."), let mark = name.range(of: ".partial-", options: .backwards) else {
      return false
    }
    return UUID(uuidString: String(name[mark.upperBound...])) != nil
      && mark.lowerBound > name.index(after: name.startIndex)
  }

  static func isPartial(_ name: String, of file: String) -> Bool {
    isPartial(name) && name.hasPrefix(".\(file).partial-")
  }

  static func isPartial(_ name: String, writer: UUID) -> Bool {
    isPartial(name) && name.hasSuffix(partial("", writer: writer).dropFirst())
  }

  private static let hyphen = UInt8(ascii: "-")
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
  private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
}
