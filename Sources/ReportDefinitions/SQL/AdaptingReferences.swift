import ReportModel

/// Finds the `:name` places that take their type from what stands beside them: one side of a comparison whose other side
/// has a type of its own, or the operand of a cast to a date or a timestamp.
struct AdaptingReferences {
  private static let comparisons: Set = ["<", "<=", ">", ">=", "=", "<>", "!="]
  private static let times: Set = ["date", "timestamp", "timestamptz"]

  let tree: ParseTree

  /// The same references, each with `adapts`.
  func marked(_ references: [QueryText.Reference]) -> [QueryText.Reference] {
    guard !references.isEmpty else { return [] }
    let nodes = tree.all(["A_Expr", "TypeCast", "ParamRef"])
    // Most expressions of a query have no parameter in them.
    let (expressions, casts) = (having(nodes[2], nodes[0]), having(nodes[2], nodes[1]))
    let found = Set(expressions.flatMap(compared) + casts.compactMap(cast))
    return references.map { reference in
      var reference = reference
      reference.adapts = found.contains(reference.utf8Range.lowerBound)
      return reference
    }
  }

  /// The nodes in whose subtrees a parameter is. All are in the order of the tree.
  private func having(_ parameters: [Int], _ nodes: [Int]) -> [Int] {
    var next = parameters[...]
    return nodes.filter { node in
      next = next.drop { $0 < node }
      return next.first.map { $0 < tree.nodes[node].subtreeEnd } ?? false
    }
  }

  /// Offsets of the parameters among the operands of a comparison.
  private func compared(_ expression: Int) -> [Int] {
    guard let left = tree.child(expression, "lexpr"), let right = tree.child(expression, "rexpr") else {
      return []
    }
    if tree.isValue(expression, "kind", "AEXPR_BETWEEN")
      || tree.isValue(expression, "kind", "AEXPR_NOT_BETWEEN")
    {
      guard hasType(left), let list = tree.onlyChild(right), let items = tree.child(list, "items") else {
        return []
      }
      return tree.children(items).compactMap(parameter)
    }
    guard tree.isValue(expression, "kind", "AEXPR_OP"), let name = tree.child(expression, "name"),
      let operation = tree.names(name).last, Self.comparisons.contains(operation)
    else { return [] }
    return (hasType(right) ? [parameter(left)] : []).compactMap(\.self)
      + (hasType(left) ? [parameter(right)] : []).compactMap(\.self)
  }

  private func cast(_ cast: Int) -> Int? {
    guard let type = tree.child(cast, "typeName"), let names = tree.child(type, "names"),
      let name = tree.names(names).last, Self.times.contains(name), tree.child(type, "arrayBounds") == nil,
      let argument = tree.child(cast, "arg")
    else { return nil }
    return parameter(argument)
  }

  /// Where the parameter stands that this operand is.
  private func parameter(_ operand: Int) -> Int? {
    guard let node = tree.onlyChild(operand), tree.isKey(node, "ParamRef") else { return nil }
    return tree.location(node)
  }

  /// A constant takes its type from the other side itself.
  private func hasType(_ operand: Int) -> Bool {
    guard let node = tree.onlyChild(operand) else { return false }
    return !tree.isKey(node, "ParamRef") && !tree.isKey(node, "A_Const")
  }
}
