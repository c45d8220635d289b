import ReportModel

/// The names that one parsed SELECT uses.
struct MentionReader {
  let tree: ParseTree

  func read(relations: [QualifiedName]) -> SQLMentions {
    var mentions = SQLMentions()
    mentions.relations = Set(relations)
    mentions.columns = Set(tree.all("String").compactMap { tree.text($0, "sval") })
    mentions.types = names("TypeName", "names").union(names("typeName", "names"))
    mentions.functions = names("FuncCall", "funcname")
    mentions.hasAllColumns =
      !tree.all("A_Star").isEmpty || !tree.all("isNatural").isEmpty || !rowNames.isDisjoint(with: references)
    return mentions
  }

  private func names(_ node: StaticString, _ list: StaticString) -> Set<SQLMentions.Name> {
    let lists = tree.all(node).compactMap { tree.child($0, list) }
    return Set(
      lists.compactMap { list in
        let parts = tree.names(list)
        guard let name = parts.last else { return nil }
        return SQLMentions.Name(schema: parts.dropLast().last, name: name)
      })
  }

  /// Names by which an expression can mean a whole row: of relations, and their aliases.
  private var rowNames: Set<String> {
    let relations = tree.all("RangeVar").compactMap { tree.text($0, "relname") }
    return Set(relations + tree.all("aliasname").map { tree.text($0) })
  }

  /// Column references without a table.
  private var references: Set<String> {
    Set(
      tree.all("ColumnRef").compactMap { node in
        guard let fields = tree.child(node, "fields"), case let names = tree.names(fields), names.count == 1
        else { return nil }
        return names[0]
      })
  }
}
