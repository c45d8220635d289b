import ReportModel

/// Links between the pages of a catalogue, and the identifiers that they lead to.
///
/// The index is `index.html` of the output folder, a report's page `index.html` of the report's folder: no name of a report
/// can be in its way.
enum CatalogueAddress {
  static let fileName = "index.html"

  /// An identifier of letters, digits, `-` and `_`; different for different names.
  static func identifier(_ kind: Lineage.Kind, _ name: String) -> String {
    var text = "\(kind.rawValue)-"
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "_" + String(byte, radix: 16)
      }
    }
    return text
  }

  /// From the index to a report's page.
  static func report(_ name: String) -> String { PageText.reference("\(name)/\(fileName)") }

  static func fromReportPage(_ kind: Lineage.Kind, _ name: String) -> String {
    switch kind {
    case .report: "../" + report(name)
    case .source, .dashboard: "../\(fileName)#\(identifier(kind, name))"
    }
  }

  /// From a report's page to the index, with a filter set by its script.
  static func filtered(_ key: String, _ value: String) -> String {
    "../\(fileName)#\(key)=\(PageText.reference(value).replacing("/", with: "%2F"))"
  }
}
