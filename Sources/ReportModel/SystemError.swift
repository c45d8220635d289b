import Glibc

/// A call of the operating system that failed, in the words of a diagnostic.
package struct SystemError: Error, Hashable, Sendable {
  /// Follows "could not": `write "out/sales.csv"`, `start a thread`.
  package var action: String
  /// An `errno`, read right after the call.
  package var code: Int32

  package init(doing action: String, code: Int32) {
    self.action = action
    self.code = code
  }

  /// - Parameters:
  ///   - verb: `write`, `create`, `rename`.
  ///   - path: as the user would write it.
  package init(_ verb: String, _ path: String, errno code: Int32) {
    self.init(doing: "\(verb) \"\(path)\"", code: code)
  }

  /// `could not write "out/sales.csv": no space left on device`.
  package var reason: String { "could not \(action): \(Self.text(code))" }

  package func diagnostic(detail: String? = nil, hint: String? = nil) -> Diagnostic {
    Diagnostic(reason, detail: detail, hint: hint)
  }

  /// The system's words for an `errno` as a part of a message: `no space left on device`.
  package static func text(_ code: Int32) -> String {
    guard let words = strerror(code) else { return "error \(code)" }
    let text = String(cString: words)
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
