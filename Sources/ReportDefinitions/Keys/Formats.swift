import Glibc
import ReportModel

extension Shape.Format {
  static let date = Self(
    expected: "a date such as 2026-11-22", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    isValid: { CalendarDate($0) != nil })

  static let duration = Self(
    expected: "a duration such as 500ms, 60s, 5m or 1h", pattern: "^[0-9]{1,9}(ms|s|m|h)$",
    isValid: { Duration.seconds(written: $0) != nil })

  static let age = Self(
    expected: "an age such as 26h or 8d", pattern: "^[0-9]{1,6}(m|h|d)$",
    isValid: { Duration.seconds(ofAge: $0) != nil })

  static let retention = Self(
    expected: "a length of time such as 90 days, 12 weeks, 18 months or 3 years",
    pattern: "^[0-9]{1,5} (day|week|month|year)s?$", isValid: { Retention($0) != nil })

  /// For CSV: what PostgreSQL's COPY takes, too.
  static let delimiter = Self(
    expected: "one ASCII character, neither a quote nor an end of line", pattern: "^[^\"\\r\\n]$",
    isValid: { text in
      text.utf8.count == 1 && text.utf8.allSatisfy { $0 < 128 && $0 > 0 && !"\"\r\n".utf8.contains($0) }
    })

  static let table = Self(
    expected: "a table with its schema, such as reports.sales_daily", pattern: "^.+\\..+$",
    isValid: { QualifiedName(written: $0) != nil })

  /// Of a column or role, as PostgreSQL stores it.
  static let name = Self(
    expected: "a name of at most 63 bytes", pattern: "^.{1,63}$",
    isValid: { (1...63).contains($0.utf8.count) && !$0.utf8.contains(0) })

  /// Of `search_path`, which has those of PostgreSQL itself anyway.
  static let schema = Self(
    expected: "a schema's name (not of PostgreSQL's own, pg_…, and not $user)",
    pattern: "^(?!pg_|\\$user$).{1,63}$",
    isValid: { name.isValid($0) && !$0.hasPrefix("pg_") && $0 != "$user" })

  static let sortKey = Self(
    expected: "a column, or a column and desc", pattern: "^.+$",
    isValid: { name.isValid(ExportSettings.SortKey(written: $0).column) })

  static let reservedParameters = ["start", "end", "staging"]

  static let parameterName = Self(
    expected: "a parameter's name (letters, digits and underscores; start, end and staging are reserved)",
    pattern: "^[^\\W\\d][\\w]*$",
    isValid: { text in
      guard let first = text.utf8.first, text.utf8.count <= 63, !reservedParameters.contains(text) else {
        return false
      }
      return !isDigit(first) && text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    })

  /// Of an environment.
  static let environmentName = Self(
    expected: "an environment's name (letters, digits, hyphens and underscores; sandbox is reserved)",
    pattern: "^[A-Za-z0-9_-]+$",
    isValid: { text in
      !text.isEmpty && text != Project.sandboxName
        && text.utf8.allSatisfy { $0 < 128 && (isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-")) }
    })

  /// Of Superset: without user, query and slash at the end.
  static let webAddress = Self(
    expected: "an address such as http://192.168.88.60:8088",
    pattern: "^https?://[^/@?# ]+(/[^@?# ]*[^/@?# ])?$",
    isValid: { text in
      guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return false }
      let rest = text.dropFirst(scheme.count)
      return !rest.isEmpty && !rest.hasPrefix("/") && !rest.hasSuffix("/")
        && rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"@?#\\".utf8.contains($0) }
    })

  static let absolutePath = Self(
    expected: "an absolute path", pattern: "^/.+$", isValid: { $0.hasPrefix("/") && $0.utf8.count > 1 })

  /// Of a file under `locales/`.
  static let locale = Self(
    expected: "a language such as ru", pattern: "^[a-z]{2,3}(-[A-Za-z]{2,4})?$",
    isValid: { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      let isLetters = { (part: Substring) in part.utf8.allSatisfy { $0 < 128 && isLetter($0) && $0 != 0x5F } }
      return (1...2).contains(parts.count) && parts.allSatisfy(isLetters) && (2...3).contains(parts[0].count)
        && parts[0].allSatisfy(\.isLowercase) && parts.dropFirst().allSatisfy { (2...4).contains($0.count) }
    })

  static let assetName = Self(
    expected: "a name of lower-case letters, digits and hyphens, at most 60 bytes",
    pattern: "^[a-z0-9][a-z0-9-]{0,59}$", isValid: ReportName.isValid)

  static let chartName = Self(
    expected: "a chart as REPORT/CHART, such as sales-daily/revenue",
    pattern: "^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$",
    isValid: { Dashboard.ChartName(written: $0) != nil })

  static let timezone = Self(
    expected: "the IANA name of a time zone, such as Europe/Moscow", pattern: "^[A-Za-z0-9_+/-]+$",
    isValid: isTimezone)

  /// As psql takes them for names of variables: letters are ASCII ones, the underscore, and all beyond ASCII.
  private static func isLetter(_ byte: UInt8) -> Bool {
    byte >= 128 || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Looks for the file that PostgreSQL and libc read; without such files any name of these characters is valid.
  @Sendable private static func isTimezone(_ name: String) -> Bool {
    let isWord = name.utf8.allSatisfy { $0 < 128 && (isLetter($0) || isDigit($0) || "+-/".utf8.contains($0)) }
    guard isWord, !name.isEmpty, !name.hasPrefix("/") else { return false }
    let folder = "/usr/share/zoneinfo"
    guard access(folder, R_OK) == 0 else { return true }
    guard let file = fopen(folder + "/" + name, "r") else { return false }
    defer { fclose(file) }
    var magic = [UInt8](repeating: 0, count: 4)
    return fread(&magic, 1, 4, file) == 4 && magic == Array("TZif".utf8)
  }
}
