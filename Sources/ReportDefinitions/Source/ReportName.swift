/// The names that reports, dashboards and charts may have; they become parts of file names and of addresses.
enum ReportName {
  /// For messages that refuse one.
  static let hint = "Names consist of lower-case letters, digits and hyphens, and have at most 60 bytes."

  static func isValid(_ name: String) -> Bool {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return (1...60).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "-")
      && name.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
  }
}
