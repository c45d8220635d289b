import ContentDigest
import Foundation
import ReportModel

/// Writes the beginning of a page.
enum PageHead {
  /// Forbids other scripts and external resources, in case a page is changed after reportgen has written it.
  ///
  /// - Parameter script: `sha256-…` of the only script that runs; nil for none.
  static func policy(script: String?) -> String {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return script.map { policy + "; script-src '\($0)'" } ?? policy
  }

  /// `sha256-` and the digest of a script in Base64, by which the policy names it.
  static func scriptHash(_ script: String) -> String {
    let hex = Array(SHA256Digest.hex(of: script))
    let bytes = stride(from: 0, to: hex.count, by: 2).map { UInt8(String(hex[$0...$0 + 1]), radix: 16) ?? 0 }
    return "sha256-" + Data(bytes).base64EncodedString()
  }

  /// Writes everything from the doctype to `</head>`.
  ///
  /// - Parameter script: `sha256-…` of the page's script; nil for a page without.
  static func write(
    title: String, generator: String, language: Language, extraStyle: String = "", script: String? = nil,
    into page: XMLWriter
  ) {
    page.doctype()
    page.start("html", ["lang": language.code])
    page.newline()
    page.element("head") {
      page.newline()
      for attributes: KeyValuePairs in metadata(script) + [["name": "generator", "content": generator]] {
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

  private static func metadata(_ script: String?) -> [KeyValuePairs<String, String>] {
    [
      ["charset": "utf-8"],
      ["name": "viewport", "content": "width=device-width, initial-scale=1"],
      ["http-equiv": "Content-Security-Policy", "content": policy(script: script)],
      ["name": "color-scheme", "content": "light dark"],
    ]
  }
}
