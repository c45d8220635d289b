/// A PostgreSQL type as a definition writes it; it becomes part of a cast, so it must be one type's name alone.
enum TypeName {
  /// - Returns: the type's canonical text, equal for `numeric(14,2)` and `NUMERIC( 14, 2 )`; nil when the text is
  ///   anything but one type.
  static func canonical(_ written: String) -> String? {
    let prefix = "SELECT NULL::"
    guard let tokens = try? PgQuery.scan(prefix + written), !written.utf8.contains(0),
      !tokens.contains(where: { $0.isComment || $0.kind == PgQuery.Token.semicolon }),
      let tree = try? PgQuery.parse(prefix + written),
      let type = theOnlyCast(tree), isPlain(type, tree)
    else { return nil }
    return CanonicalTree.text(of: tree, at: type, references: [])
  }

  /// The type's node, when the statement is exactly the select of one cast.
  private static func theOnlyCast(_ tree: ParseTree) -> Int? {
    guard let statement = tree.child(0, "stmts").flatMap(tree.onlyChild).flatMap({ tree.child($0, "stmt") }),
      let select = tree.onlyChild(statement), tree.isKey(select, "SelectStmt"),
      tree.children(select).allSatisfy({
        tree.isKey($0, "targetList") || tree.isKey($0, "limitOption") || tree.isKey($0, "op")
      }),
      let target = tree.child(select, "targetList").flatMap(tree.onlyChild).flatMap(tree.onlyChild),
      tree.child(target, "name") == nil,
      let cast = tree.child(target, "val").flatMap(tree.onlyChild), tree.isKey(cast, "TypeCast"),
      let argument = tree.child(cast, "arg").flatMap(tree.onlyChild), tree.isKey(argument, "A_Const")
    else { return nil }
    return tree.child(cast, "typeName")
  }

  private static func isPlain(_ type: Int, _ tree: ParseTree) -> Bool {
    guard tree.child(type, "setof") == nil else { return false }
    guard let modifiers = tree.child(type, "typmods") else { return true }
    return tree.children(modifiers).compactMap(tree.onlyChild).allSatisfy {
      tree.isKey($0, "A_Const") || tree.isKey($0, "ColumnRef")
    }
  }
}
