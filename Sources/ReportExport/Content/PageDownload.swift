/// A file that a page offers: one beside it, or one inside of it, so that a page that is mailed alone has it.
package struct PageDownload: Hashable, Sendable {
  /// A larger file is not put into a page: 256 KiB, which Base64 makes a third longer.
  package static let maxBytes = 256 * 1024

  /// `sales-daily.csv`.
  package var name: String
  /// `text/csv;charset=utf-8`.
  package var mediaType: String
  /// The whole file; nil links to the file in the page's folder.
  package var contents: [UInt8]?

  /// A CSV file or a workbook, by its name.
  package init(file name: String) {
    self.init(
      name: name,
      mediaType: name.hasSuffix(".xlsx")
        ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv;charset=utf-8")
  }

  package init(name: String, mediaType: String, contents: [UInt8]? = nil) {
    self.name = name
    self.mediaType = mediaType
    self.contents = contents
  }
}
