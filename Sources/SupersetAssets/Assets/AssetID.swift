import ContentDigest

/// The UUID of an asset in Superset, of version 5: it depends only on the project and the name.
package struct AssetID: Hashable, Sendable, CustomStringConvertible {
  /// 36 characters, lower case.
  package let description: String

  /// - Parameter text: a UUID, in lower or upper case.
  init(_ text: String) { description = text.lowercased() }

  init(namespace: AssetID, name: String) {
    let hex = namespace.description.filter { $0 != "-" }.utf8
    var bytes = stride(from: 0, to: hex.count, by: 2).compactMap { offset in
      UInt8(String(decoding: hex.dropFirst(offset).prefix(2), as: UTF8.self), radix: 16)
    }
    bytes += Array(name.utf8)
    var digest = Array(sha1(bytes).prefix(16))
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (index, byte) in digest.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    description = String(decoding: text, as: UTF8.self)
  }

  /// The namespace for URLs of RFC 4122.
  static let urls = AssetID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
}

/// The name of a database connection, a dataset, a chart or a dashboard in the definitions.
package struct AssetName: Hashable, Sendable, CustomStringConvertible {
  /// Also the names in Superset's API paths.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case database, dataset, chart, dashboard
  }

  /// Names are unique within a kind.
  package var kind: Kind
  /// `sales-daily` for a dataset, `sales-daily/revenue` for a chart, the connection's name for a database.
  package var name: String

  package init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  /// `chart sales-daily/revenue`.
  package var description: String { "\(kind.rawValue) \(name)" }

  /// The UUID in a project, which is identified by the name of its connection: several projects can use one Superset.
  func id(in project: String) -> AssetID {
    AssetID(
      namespace: AssetID(namespace: .urls, name: "urn:reportgen:superset:" + project), name: description)
  }
}
