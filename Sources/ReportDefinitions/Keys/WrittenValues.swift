import ReportModel

extension Duration {
  /// Reads `500ms`, `60s`, `5m`, `1h`.
  ///
  /// - Returns: whole seconds, rounded up; nil for anything else, and beyond 24 days, the longest timeout of
  ///   PostgreSQL.
  static func seconds(written text: String) -> Int? {
    let digits = text.prefix { "0123456789".contains($0) }
    guard !digits.isEmpty, digits.utf8.count <= 9, let number = Int(digits) else { return nil }
    let seconds: Int
    switch text.dropFirst(digits.count) {
    case "ms": seconds = (number + 999) / 1000
    case "s": seconds = number
    case "m": seconds = number * 60
    case "h": seconds = number * 3600
    default: return nil
    }
    return seconds <= 24 * 86_400 ? seconds : nil
  }

  /// Reads `90m`, `26h`, `8d`.
  static func seconds(ofAge text: String) -> Int? {
    let digits = text.prefix { "0123456789".contains($0) }
    guard (1...6).contains(digits.utf8.count), let number = Int(digits) else { return nil }
    switch text.dropFirst(digits.count) {
    case "m": return number * 60
    case "h": return number * 3600
    case "d": return number * 86_400
    default: return nil
    }
  }
}

extension QualifiedName {
  /// Reads `schema.name` as SQL does, except that upper-case letters need quotes: SQL would fold them.
  package init?(written text: String) {
    var parts: [String] = []
    var rest = Substring(text)
    repeat {
      if !parts.isEmpty { rest = rest.dropFirst() }
      guard let part = Self.takePart(&rest), (1...63).contains(part.utf8.count), !part.utf8.contains(0) else {
        return nil
      }
      parts.append(part)
    } while rest.first == "."
    guard parts.count == 2, rest.isEmpty else { return nil }
    self.init(schema: parts[0], name: parts[1])
  }

  private static func takePart(_ rest: inout Substring) -> String? {
    guard rest.first == "\"" else {
      let part = rest.prefix { $0 != "." }
      rest = rest.dropFirst(part.count)
      return isPlain(part) ? String(part) : nil
    }
    var part = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst() {
      if character != "\"" {
        part.append(character)
      } else if rest.first == "\"" {
        part.append("\"")
        rest = rest.dropFirst()
      } else {
        return part
      }
    }
    return nil
  }

  private static func isPlain(_ part: Substring) -> Bool {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return part.utf8.allSatisfy {
      $0 >= 128 || letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
    }
      && part.utf8.first.map { !digits.contains($0) } ?? false
  }
}

extension ExportSettings.SortKey {
  /// Reads `column`, `column asc` and `column desc`.
  init(written text: String) {
    for (suffix, descending) in [(" desc", true), (" asc", false)] where text.lowercased().hasSuffix(suffix) {
      self.init(column: String(text.dropLast(suffix.count)), descending: descending)
      return
    }
    self.init(column: text)
  }
}

extension Dashboard.ChartName {
  init?(written text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy(ReportName.isValid) else { return nil }
    self.init(dataset: parts[0], chart: parts[1])
  }
}
