import Foundation

/// The language in which the tests' servers answer.
///
/// English, unless `TEST_LC_MESSAGES` names a locale: `ru_RU.UTF-8`, which `scripts/test-messages` makes.
package enum ServerMessages {
  /// A value of `lc_messages`; nil for English.
  package static let locale = ProcessInfo.processInfo.environment["TEST_LC_MESSAGES"].flatMap {
    $0.isEmpty ? nil : $0
  }

  /// The text with placeholders for the server's own messages and hints, so that one expected text does for all
  /// languages; with English messages the text as it is.
  ///
  /// A server's message is what stands before `(SQLSTATE …)`, with what our own message says before it. A hint of the
  /// server's is one of `serverHints`, or one in letters that none of ours has.
  package static func masked(_ text: String) -> String {
    locale == nil ? text : masking(text)
  }

  /// What `masked` does for messages that are not English.
  package static func masking(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.replacing(/^(.*(?:error: |warning: |detail: |\|))?.* (\(SQLSTATE \w{5}\))/) {
        "\($0.1 ?? "")MESSAGE \($0.2)"
      }
      .replacing(/^( *hint: )(.*)$/) { match in
        isOfServer(String(match.2)) ? "\(match.1)HINT" : String(match.0)
      }
    }.joined(separator: "\n")
  }

  /// Hints of PostgreSQL's that tests meet, as they begin.
  private static let serverHints = ["Perhaps you meant", "No function matches", "No operator matches"]

  private static func isOfServer(_ hint: String) -> Bool {
    serverHints.contains(where: hint.hasPrefix) || hint.contains(/\p{Cyrillic}/)
  }
}
