import ReportModel

/// One file of a bundle.
package struct Asset: Sendable {
  /// Its name in the definitions.
  package var name: AssetName
  /// Its UUID in Superset.
  package var id: AssetID
  /// As Superset shows it.
  package var title: String
  /// Its path in the bundle: `charts/sales-daily/revenue.yaml`.
  package var path: String
  /// Written as JSON, which is valid YAML.
  package var content: OrderedJSON
}

/// The certification of an asset. Superset shows it to users, and the next sync recognizes the asset by it.
struct Certification {
  var owner: String
  var details: String

  init(_ name: AssetName, owner: String?) {
    self.owner = owner ?? "reportgen"
    details = "Defined in the reporting project (\(name)); changes made here are undone."
  }

  /// The name of the asset in the details of a certification.
  ///
  /// - Returns: nil when reportgen has not written the details.
  static func name(in details: String?) -> AssetName? {
    guard let details, let open = details.firstIndex(of: "("), let close = details.firstIndex(of: ")"),
      open < close
    else { return nil }
    let words = details[details.index(after: open)..<close].split(separator: " ", maxSplits: 1)
    guard words.count == 2, let kind = AssetName.Kind(rawValue: String(words[0])) else { return nil }
    let name = AssetName(kind, String(words[1]))
    return Certification(name, owner: nil).details == details ? name : nil
  }
}
