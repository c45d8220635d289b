/// Writes the beginning of a page.
enum PageHead {
  /// Forbids scripts and external resources, in case a page is changed after reportgen has written it.
  static let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

  /// Writes everything from the doctype to `</head>`.
  static func write(title: String, generator: String, extraStyle: String = "", into page: XMLWriter) {
    page.doctype()
    page.start("html", ["lang": "en"])
    page.newline()
    page.element("head") {
      page.newline()
      for attributes: KeyValuePairs in metadata + [["name": "generator", "content": generator]] {
        page.empty("meta", attributes)
        page.newline()
      }
      page.element("title", text: title)
      page.newline()
      page.element("style") { page.raw("\n" + PageStyle.sheet + extraStyle) }
      page.newline()
    }
    page.newline()
  }

  private static var metadata: [KeyValuePairs<String, String>] {
    [
      ["charset": "utf-8"],
      ["name": "viewport", "content": "width=device-width, initial-scale=1"],
      ["http-equiv": "Content-Security-Policy", "content": policy],
      ["name": "color-scheme", "content": "light dark"],
    ]
  }
}
