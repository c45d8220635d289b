import ReportModel

/// The names of a SELECT's output columns, by PostgreSQL's own rules (`FigureColname` in parse_target.c).
struct OutputColumns {
  let source: SQLText
  let tree: ParseTree

  /// - Returns: nil when a `*` leaves the names to the server.
  mutating func read(_ statement: Int, _ findings: inout Findings) -> [String]? {
    var select = statement
    while let left = tree.child(select, "larg") { select = left }
    if let rows = tree.child(select, "valuesLists") { return valuesNames(rows) }
    guard let targets = tree.child(select, "targetList") else {
      findings.add(.error, "the SELECT has no columns", at: nil)
      return nil
    }
    let columns = tree.children(targets).compactMap(tree.onlyChild).map { (node: $0, name: name(of: $0)) }
    checkNames(columns, &findings)
    return columns.contains { $0.name == .star } ? nil : columns.compactMap(\.name.text)
  }

  private enum Name: Equatable {
    case star
    case none
    case text(String)

    var text: String? { if case .text(let text) = self { text } else { nil } }
  }

  private func name(of target: Int) -> Name {
    if let name = tree.text(target, "name") { return .text(name) }
    guard let value = tree.child(target, "val").flatMap(tree.onlyChild) else { return .none }
    if isStar(value) { return .star }
    return figure(value).map { .text($0.name) } ?? .none
  }

  private func checkNames(_ columns: [(node: Int, name: Name)], _ findings: inout Findings) {
    var seen: [String: Int] = [:]
    for (node, name) in columns {
      let offset = tree.location(node) ?? 0
      if name == .none {
        findings.add(
          .error, "output column has no name", hint: "Add \"as name\" to it.", at: source.place(offset))
      }
      guard let text = name.text else { continue }
      if let first = seen[text] {
        let place = source.place(first)
        findings.add(
          .error, "output column \"\(text)\" is named twice",
          hint: "The first one is in line \(place.line)\(place.column.map { ", column \($0)" } ?? ""); "
            + "give one of them another name with AS.",
          at: source.place(offset))
      } else {
        seen[text] = offset
      }
    }
  }

  private func valuesNames(_ rows: Int) -> [String] {
    guard
      let items = tree.children(rows).first(where: { _ in true }).flatMap(tree.onlyChild).flatMap({
        tree.child($0, "items")
      })
    else { return [] }
    return tree.children(items).enumerated().map { "column\($0.offset + 1)" }
  }

  private func isStar(_ value: Int) -> Bool {
    let list = tree.child(value, tree.isKey(value, "ColumnRef") ? "fields" : "indirection")
    guard let list, let last = Array(tree.children(list)).last.flatMap(tree.onlyChild) else { return false }
    return tree.isKey(last, "A_Star")
  }

  /// A weak name (of a type, or `case`) gives way to a better one further inside.
  private func figure(_ node: Int) -> (name: String, isWeak: Bool)? {
    if tree.isKey(node, "ColumnRef") {
      return tree.child(node, "fields").flatMap { tree.names($0).last }.map { ($0, false) }
    }
    if tree.isKey(node, "A_Indirection") {
      if let field = tree.child(node, "indirection").flatMap({ tree.names($0).last }) {
        return (field, false)
      }
      return inner(node, "arg")
    }
    if tree.isKey(node, "FuncCall") {
      return tree.child(node, "funcname").flatMap { tree.names($0).last }.map { ($0, false) }
    }
    if tree.isKey(node, "TypeCast") {
      if let better = inner(node, "arg"), !better.isWeak { return better }
      let type = tree.child(node, "typeName").flatMap { tree.child($0, "names") }
      return type.flatMap { tree.names($0).last }.map { ($0, true) }
    }
    if tree.isKey(node, "CollateClause") { return inner(node, "arg") }
    if tree.isKey(node, "CaseExpr") {
      if let better = inner(node, "defresult"), !better.isWeak { return better }
      return ("case", true)
    }
    if tree.isKey(node, "SubLink") { return figureSubquery(node) }
    return fixedName(node).map { ($0, false) }
  }

  private func inner(_ node: Int, _ key: StaticString) -> (name: String, isWeak: Bool)? {
    tree.child(node, key).flatMap(tree.onlyChild).flatMap(figure)
  }

  private func figureSubquery(_ node: Int) -> (name: String, isWeak: Bool)? {
    if tree.isValue(node, "subLinkType", "EXISTS_SUBLINK") { return ("exists", false) }
    if tree.isValue(node, "subLinkType", "ARRAY_SUBLINK") { return ("array", false) }
    guard tree.isValue(node, "subLinkType", "EXPR_SUBLINK"),
      var select = tree.child(node, "subselect").flatMap(tree.onlyChild)
    else { return nil }
    while let left = tree.child(select, "larg") { select = left }
    if tree.child(select, "valuesLists") != nil { return ("column1", false) }
    guard let target = tree.child(select, "targetList").flatMap({ tree.children($0).first { _ in true } }),
      let node = tree.onlyChild(target)
    else { return nil }
    return name(of: node).text.map { ($0, false) }
  }

  private func fixedName(_ node: Int) -> String? {
    if tree.isKey(node, "A_Expr") { return tree.isValue(node, "kind", "AEXPR_NULLIF") ? "nullif" : nil }
    if tree.isKey(node, "MinMaxExpr") {
      return tree.isValue(node, "op", "IS_GREATEST") ? "greatest" : "least"
    }
    if tree.isKey(node, "SQLValueFunction") {
      let name = tree.text(node, "op")?.dropFirst("SVFOP_".count).lowercased() ?? ""
      return name.hasSuffix("_n") ? String(name.dropLast(2)) : name
    }
    if tree.isKey(node, "XmlExpr") { return xmlName(node) }
    let names: [(StaticString, String)] = [
      ("GroupingFunc", "grouping"), ("A_ArrayExpr", "array"), ("RowExpr", "row"),
      ("CoalesceExpr", "coalesce"),
      ("XmlSerialize", "xmlserialize"),
    ]
    return names.first { tree.isKey(node, $0.0) }?.1
  }

  private func xmlName(_ node: Int) -> String? {
    let names = [
      "IS_XMLCONCAT": "xmlconcat", "IS_XMLELEMENT": "xmlelement", "IS_XMLFOREST": "xmlforest",
      "IS_XMLPARSE": "xmlparse", "IS_XMLPI": "xmlpi", "IS_XMLROOT": "xmlroot",
    ]
    return tree.text(node, "op").flatMap { names[$0] }
  }
}
