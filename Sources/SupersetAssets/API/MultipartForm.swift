/// The body of a `multipart/form-data` request with one file.
///
/// - SeeAlso: RFC 7578.
struct MultipartForm {
  private(set) var body: [UInt8] = []

  /// A line that occurs in none of the parts.
  private let boundary: String

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  /// - Parameters:
  ///   - fields: names and texts.
  ///   - file: the name of the file's field, and its contents.
  init(fields: [(String, String)], file: (field: String, name: String, bytes: [UInt8])) {
    let parts = fields.map { Array($0.1.utf8) } + [file.bytes]
    var boundary = "reportgen"
    while parts.contains(where: { $0.firstRange(of: Array(boundary.utf8)) != nil }) { boundary += "-x" }
    self.boundary = boundary
    for (name, text) in fields {
      append("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(text)\r\n")
    }
    append(
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\n"
        + "Content-Type: application/zip\r\n\r\n")
    body += file.bytes
    append("\r\n--\(boundary)--\r\n")
  }

  private mutating func append(_ text: String) { body += Array(text.utf8) }
}
