import ReportModel

/// A parse tree as text for fingerprints: everything but the places, with parameters by their names.
///
/// `pg_query_fingerprint` would do for statistics, but it treats all constants as equal.
enum CanonicalTree {
  static func text(of tree: ParseTree, references: [QueryText.Reference]) -> String {
    guard let statements = tree.child(0, "stmts") else { return "" }
    return text(of: tree, at: statements, references: references)
  }

  static func text(of tree: ParseTree, at root: Int, references: [QueryText.Reference]) -> String {
    let names = Dictionary(
      references.map { ($0.utf8Range.lowerBound, $0.name) }, uniquingKeysWith: { first, _ in first })
    var text: [UInt8] = []
    text.reserveCapacity(16 * (Int(tree.nodes[root].subtreeEnd) - root))
    var ends: [Int] = []
    var index = root
    while index < tree.nodes[root].subtreeEnd {
      while let end = ends.last, end <= index {
        text.append(UInt8(ascii: ")"))
        ends.removeLast()
      }
      let node = tree.nodes[index]
      guard !isPlace(tree, index) else {
        index = Int(node.subtreeEnd)
        continue
      }
      if tree.isKey(index, "ParamRef"), let name = tree.location(index).flatMap({ names[$0] }) {
        text += Array(":\(name) ".utf8)
        index = Int(node.subtreeEnd)
        continue
      }
      text += tree.keyBytes(index)
      switch node.kind {
      case .object, .array:
        text.append(UInt8(ascii: node.kind == .object ? "(" : "["))
        ends.append(Int(node.subtreeEnd))
      case .string:
        text.append(UInt8(ascii: "\""))
        text += tree.valueBytes(index)
        text.append(UInt8(ascii: "\""))
      case .other:
        text.append(UInt8(ascii: "="))
        text += tree.valueBytes(index)
        text.append(UInt8(ascii: " "))
      }
      index += 1
    }
    text += [UInt8](repeating: UInt8(ascii: ")"), count: ends.count)
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether a node is `location`, `stmt_len` or something like `name_location`.
  private static func isPlace(_ tree: ParseTree, _ index: Int) -> Bool {
    let key = tree.nodes[index].key
    return tree.isKey(index, "location") || tree.isKey(index, "stmt_len")
      || key.count > 9 && tree.keyBytes(index).suffix(9).elementsEqual("_location".utf8)
  }
}
