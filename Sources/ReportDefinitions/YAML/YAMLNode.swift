import ReportModel

/// A value of a YAML file and its place. Scalars stay text; the shape of a key decides how they are read.
struct YAMLNode {
  enum Content {
    case scalar(String, YAMLStyle)
    case list([YAMLNode])
    /// Keys are unique.
    case map([YAMLEntry])
  }

  var content: Content
  var place: SourcePlace

  /// The text of a scalar; nil for collections and for an empty value.
  var text: String? { isNull ? nil : scalar }

  private var scalar: String? { if case .scalar(let text, _) = content { text } else { nil } }

  /// Nothing at all, `~` or `null`, not quoted.
  var isNull: Bool {
    guard case .scalar(let text, .plain) = content else { return false }
    return text.isEmpty || Self.nullWords.contains(text)
  }

  static let nullWords: Set<String> = ["~", "null", "Null", "NULL"]

  var isPlain: Bool { if case .scalar(_, .plain) = content { true } else { false } }

  var items: [YAMLNode]? { if case .list(let items) = content { items } else { nil } }

  var entries: [YAMLEntry]? { if case .map(let entries) = content { entries } else { nil } }

  subscript(key: String) -> YAMLNode? { entry(key)?.value }

  func entry(_ key: String) -> YAMLEntry? { entries?.first { $0.key == key } }
}

struct YAMLEntry {
  var key: String
  var keyPlace: SourcePlace
  var value: YAMLNode
}

enum YAMLStyle {
  case plain, quoted
  /// `|`: lines are kept as they are.
  case literal
  /// `>`
  case folded
}
