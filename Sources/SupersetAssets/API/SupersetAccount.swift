import ReportModel

/// Whom reportgen is to Superset: an account of role Admin.
package struct SupersetAccount: Sendable {
  package var user: String
  /// In no message.
  package var password: String

  package init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  /// Reads the first line of a file, `user:password`.
  package init?(firstLine text: String) {
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
      line.index(after: colon) < line.endIndex
    else { return nil }
    self.init(user: String(line[..<colon]), password: String(line[line.index(after: colon)...]))
  }
}
