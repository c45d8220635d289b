import PostgresClient
import ReportLedger
import ReportModel

/// `2026-11-22+region=EU`, letters, digits, hyphens and underscores only, so that no name or value can lead to another folder.
enum ParameterFolder {
  private static let maxBytes = 100
  private static let maxValueBytes = 20

  /// - Parameter values: those other than the defaults, in the order of the definition.
  static func name(base: String, report: Report, values: [String: Parameter.Value]) -> String {
    let parts = report.parameters.compactMap { parameter -> String? in
      guard let value = values[parameter.name] else { return nil }
      return "\(slug(parameter.name))=\(slug(value))"
    }
    let name = ([base] + parts).joined(separator: "+")
    return name.utf8.count <= maxBytes ? name : name.prefix(maxBytes - 9) + "-" + LockKey.short(name)
  }

  private static func slug(_ value: Parameter.Value) -> String {
    switch value {
    case .null: "null"
    case .scalar(let text): text == "null" ? hashed(text, text) : slug(text)
    case .list(let items): hashed(plain(items.joined(separator: "-")), postgresArray(items))
    }
  }

  /// Texts that look alike once they are shortened, or without their special characters, still get two names.
  private static func slug(_ text: String) -> String {
    let plain = plain(text)
    return plain == text && !text.isEmpty && text.utf8.count <= maxValueBytes ? text : hashed(plain, text)
  }

  private static func hashed(_ plain: String, _ text: String) -> String {
    "\(plain.prefix(maxValueBytes))-\(LockKey.short(text))"
  }

  private static func plain(_ text: String) -> String {
    text.unicodeScalars.map {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_") ? String($0) : "-"
    }.joined()
  }
}
