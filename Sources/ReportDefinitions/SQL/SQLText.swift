import ReportModel

/// SQL of a definition, with the way from its offsets to places: in a file of its own or in a metadata file.
struct SQLText {
  enum Role {
    /// The report's own SELECT.
    case report
    /// A check's SELECT, which reads the staging table as `:staging`.
    case check
    /// The other side of `reconcile`, read from the report's source.
    case source
  }

  let text: String
  let bytes: [UInt8]
  let role: Role
  private let placeOf: (Int) -> SourcePlace

  init(_ text: String, role: Role, place: @escaping (_ utf8Offset: Int) -> SourcePlace) {
    self.text = text
    self.bytes = Array(text.utf8)
    self.role = role
    self.placeOf = place
  }

  init(file: SourceFile) {
    let text = file.text
    self.init(text, role: .report) { SourcePlace(utf8Offset: $0, in: text) }
  }

  func place(_ utf8Offset: Int) -> SourcePlace { placeOf(utf8Offset) }

  func slice(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  func slice(_ token: PgQuery.Token) -> String { slice(token.start..<max(token.start, token.end)) }
}
