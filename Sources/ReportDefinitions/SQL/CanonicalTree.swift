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
    var ends: [Int] = []
    var index = root
    while index < tree.nodes[root].subtreeEnd {
      while let end = ends.last, end <= index {
        text.append(UInt8(ascii: ")"))
        ends.removeLast()
      }
      let node = tree.nodes[index]
      guard !isPlace(tree.keyBytes(index)) else {
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
        text += [UInt8(ascii: "\"")] + tree.valueBytes(index) + [UInt8(ascii: "\"")]
      case .other:
        text += [UInt8(ascii: "=")] + tree.valueBytes(index) + [UInt8(ascii: " ")]
      }
      index += 1
    }
    text += [UInt8](repeating: UInt8(ascii: ")"), count: ends.count)
    return String(decoding: text, as: UTF8.self)
  }

  private static func isPlace(_ key: ArraySlice<UInt8>) -> Bool {
    key.elementsEqual("location".utf8) || key.elementsEqual("stmt_len".utf8)
      || key.count > 9 && key.suffix(9).elementsEqual("_location".utf8)
  }
}
