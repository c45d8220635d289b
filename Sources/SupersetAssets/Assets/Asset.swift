import ReportModel

/// One file of a bundle.
package struct Asset: Sendable {
  package var name: AssetName
  package var id: AssetID
  /// As people see it.
  package var title: String
  /// In the bundle, as in `charts/sales-daily/revenue.yaml`.
  package var path: String
  /// JSON, which YAML contains.
  package var content: OrderedJSON
}

/// Who made an asset, in words that Superset shows to people and that the next sync reads again.
struct Certification {
  var owner: String
  var details: String

  init(_ name: AssetName, owner: String?) {
    self.owner = owner ?? "reportgen"
    details = "Defined in the reporting project (\(name)); changes made here are undone."
  }

  /// - Returns: the name that the details were made of; nil for anybody else's.
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
