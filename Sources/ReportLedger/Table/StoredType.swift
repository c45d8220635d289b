import ReportModel

/// The type that a summary or staging table gets for a column of the query. Pure.
///
/// The owner of these tables evaluates input functions, checks, casts and operators of their types. So they are built
/// in, or of trusted schemas with all that they are made of; otherwise the rows are cast to what the type stands on.
enum StoredType: Hashable, Sendable {
  /// The column's own.
  case same
  /// Another one, of which every value of the column's own is a value, or has one text; with its modifier.
  case standIn(String)
  /// None: the type whose nature or schema forbids it.
  case refused(TypeFacts)

  /// - Parameters:
  ///   - oid: of the column, never a domain's: the server describes columns of domains by their base types.
  ///   - modifier: as `format_type` takes it.
  static func of(_ oid: String, in catalog: TypeCatalog) -> StoredType {
    guard let type = catalog.types[oid] else { return .same }
    if let forbidden = catalog.first(below: oid, where: { $0.kind == .row || $0.kind == .pseudo }) {
      return .refused(forbidden)
    }
    guard let distrusted = catalog.distrusted(in: oid) else { return .same }
    switch type.kind {
    case .enum: return .standIn("text")
    case .domain:
      guard let part = type.parts.first, let base = type.baseName else { return .refused(distrusted) }
      return of(part, in: catalog).over(base)
    case .array:
      guard let element = type.parts.first, let facts = catalog.types[element] else {
        return .refused(distrusted)
      }
      // An array of domains over arrays has no array type to stand in.
      guard case .standIn(let name) = of(element, in: catalog), !name.hasSuffix("]") else {
        return .refused(facts.kind == .domain ? facts : distrusted)
      }
      return .standIn(name + "[]")
    case .base, .composite, .pseudo, .range, .multirange, .row: return .refused(distrusted)
    }
  }

  /// For a domain over a type.
  private func over(_ base: String) -> StoredType { self == .same ? .standIn(base) : self }
}

extension TypeCatalog {
  /// The first type of a schema that is not trusted: the type itself, or one that it is made of.
  func distrusted(in oid: String) -> TypeFacts? {
    first(below: oid) { !$0.isBuiltIn && $0.distrust != nil }
  }

  /// The first type that fulfils the condition: the type itself, or one that it is made of.
  fileprivate func first(below oid: String, where condition: (TypeFacts) -> Bool) -> TypeFacts? {
    var (seen, open): (Set<String>, [String]) = ([oid], [oid])
    while !open.isEmpty {
      let next = open.removeFirst()
      guard let type = types[next] else { continue }
      if condition(type) { return type }
      open += type.parts.filter { seen.insert($0).inserted }
    }
    return nil
  }
}

extension TypeFacts {
  /// Why no summary table can have a column of this type.
  ///
  /// - Parameter own: the name of the column's type, which is this one or made of it.
  func refusal(column: String, of own: String, report: Report) -> Diagnostic {
    var found = Diagnostic(
      "column \"\(column)\" is \(own == name ? own : "\(own), made of \(name)")", effect: .nothingPublished,
      file: report.sqlFile)
    switch kind {
    case .row:
      found.message += ", the row type of a table"
      found.detail = "Whoever alters that table would be refused because of the summary table."
      found.hint = "Select its columns, or to_jsonb(…) of the row."
    case .pseudo:
      found.message += ", which no table can hold"
      found.hint = "Select its fields one by one, or cast it to a type that has columns."
    default:
      guard let distrust else { return found }
      found.message += ", a type of schema \"\(distrust.schema)\", \(distrust.clause)"
      found.detail =
        "Publishing evaluates the type as the owner of the summary tables, so that role's code could run with the "
        + "owner's rights."
      let builtIn =
        kind == .composite
        ? "Select its fields, or cast it to text" : "Cast it to a built-in type, such as text"
      found.hint = "\(builtIn). Or \(distrust.remedy)."
    }
    return found
  }
}
