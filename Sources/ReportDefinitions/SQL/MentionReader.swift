import ReportModel

/// The names that one parsed SELECT uses.
struct MentionReader {
  let tree: ParseTree

  func read(relations: [QualifiedName]) -> SQLMentions {
    let found = tree.all([
      "String", "TypeName", "typeName", "FuncCall", "A_Star", "isNatural", "RangeVar", "aliasname",
      "ColumnRef",
    ])
    var mentions = SQLMentions()
    mentions.relations = Set(relations)
    mentions.columns = Set(found[0].compactMap { tree.text($0, "sval") })
    mentions.types = names(found[1] + found[2], "names")
    mentions.functions = names(found[3], "funcname")
    mentions.hasAllColumns =
      !found[4].isEmpty || !found[5].isEmpty
      || !rowNames(relations: found[6], aliases: found[7]).isDisjoint(with: references(found[8]))
    return mentions
  }

  private func names(_ nodes: [Int], _ list: StaticString) -> Set<SQLMentions.Name> {
    let lists = nodes.compactMap { tree.child($0, list) }
    return Set(
      lists.compactMap { list in
        let parts = tree.names(list)
        guard let name = parts.last else { return nil }
        return SQLMentions.Name(schema: parts.dropLast().last, name: name)
      })
  }

  /// Names by which an expression can mean a whole row: of relations, and their aliases.
  private func rowNames(relations: [Int], aliases: [Int]) -> Set<String> {
    Set(relations.compactMap { tree.text($0, "relname") } + aliases.map { tree.text($0) })
  }

  /// Column references without a table.
  private func references(_ nodes: [Int]) -> Set<String> {
    Set(
      nodes.compactMap { node in
        guard let fields = tree.child(node, "fields"), case let names = tree.names(fields), names.count == 1
        else { return nil }
        return names[0]
      })
  }
}
