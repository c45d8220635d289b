/// One expression that Superset puts into its own SELECT; it has neither comments nor a semicolon.
///
/// Runs on a `DeepStack` thread.
struct SQLExpression {
  struct ColumnReference {
    var name: String
    /// In UTF-8, from the expression's beginning.
    var utf8Offset: Int
  }

  /// Columns it names without a table.
  private(set) var columns: [ColumnReference] = []

  private static let prefix = "SELECT "

  /// - Throws: what the parser says, with the place in characters of the expression.
  init(_ sql: String) throws(PgQuery.Failure) {
    guard !sql.utf8.contains(0) else { throw PgQuery.Failure(message: "text has a NUL byte") }
    let tokens = try PgQuery.scan(Self.prefix + sql)
    // A comment could hide the rest of Superset's statement, and a semicolon could begin another one.
    if let token = tokens.first(where: { $0.isComment || $0.kind == PgQuery.Token.semicolon }) {
      let text = (Self.prefix + sql).utf8.prefix(token.start)
      throw PgQuery.Failure(
        message: token.isComment ? "an expression has no comments" : "an expression has no semicolon",
        characterOffset: String(decoding: Array(text), as: UTF8.self).unicodeScalars.count
          - Self.prefix.unicodeScalars.count)
    }
    let tree: ParseTree
    do throws(PgQuery.Failure) {
      tree = try PgQuery.parse(Self.prefix + sql)
    } catch {
      throw PgQuery.Failure(
        message: error.message,
        characterOffset: error.characterOffset.map { max(0, $0 - Self.prefix.unicodeScalars.count) })
    }
    guard Self.isOneExpression(tree) else {
      throw PgQuery.Failure(message: "SQL is not one expression")
    }
    columns = Self.columns(of: tree)
  }

  private static func isOneExpression(_ tree: ParseTree) -> Bool {
    guard let statement = tree.child(0, "stmts").flatMap(tree.onlyChild).flatMap({ tree.child($0, "stmt") }),
      let select = tree.onlyChild(statement), tree.isKey(select, "SelectStmt"),
      tree.children(select).allSatisfy({
        tree.isKey($0, "targetList") || tree.isKey($0, "limitOption") || tree.isKey($0, "op")
      }),
      let target = tree.child(select, "targetList").flatMap(tree.onlyChild).flatMap(tree.onlyChild)
    else { return false }
    return tree.child(target, "name") == nil
  }

  private static func columns(of tree: ParseTree) -> [ColumnReference] {
    tree.nodes.indices.compactMap { index in
      guard tree.isKey(index, "ColumnRef"), let fields = tree.child(index, "fields"),
        case let names = tree.names(fields), names.count == 1, let offset = tree.location(index)
      else { return nil }
      return ColumnReference(name: names[0], utf8Offset: offset - prefix.utf8.count)
    }
  }
}
