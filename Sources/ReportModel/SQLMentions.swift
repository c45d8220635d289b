/// Names that SQL texts use, as far as they tell which types the texts touch. Without a server a name is only a name:
/// there are more here than are columns, and never fewer.
package struct SQLMentions: Hashable, Sendable {
  /// Of a function or a type; without a schema, the search path finds it.
  package struct Name: Hashable, Sendable {
    package var schema: String?
    package var name: String

    package init(schema: String?, name: String) {
      self.schema = schema
      self.name = name
    }
  }

  /// Tables and views.
  package var relations: Set<QualifiedName> = []
  /// Whatever can be the name of a column.
  package var columns: Set<String> = []
  /// A `*`, a whole row or NATURAL can use every column of the relations.
  package var hasAllColumns = false
  /// Types of casts.
  package var types: Set<Name> = []
  package var functions: Set<Name> = []

  package init() {}

  package mutating func formUnion(_ other: SQLMentions) {
    relations.formUnion(other.relations)
    columns.formUnion(other.columns)
    hasAllColumns = hasAllColumns || other.hasAllColumns
    types.formUnion(other.types)
    functions.formUnion(other.functions)
  }
}
