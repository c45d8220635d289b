import ReportModel

/// The account that reportgen uses in Superset; needs the role Admin.
package struct SupersetAccount: Sendable {
  /// The user name, of authentication provider `db`.
  package var user: String
  /// Never part of a message.
  package var password: String

  package init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  /// Parses the first line of a credentials file, `user:password`. nil when either is missing.
  package init?(firstLine text: String) {
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
      line.index(after: colon) < line.endIndex
    else { return nil }
    self.init(user: String(line[..<colon]), password: String(line[line.index(after: colon)...]))
  }
}
