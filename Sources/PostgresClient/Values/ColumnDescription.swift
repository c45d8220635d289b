/// One column of a statement's result, as the server describes it.
package struct ColumnDescription: Hashable, Sendable {
  /// May be `?column?`, and may occur more than once in a result.
  package let name: String
  /// The oid of the type in `pg_type`.
  package let typeOID: UInt32
  /// The type modifier that `format_type` takes; -1 when the type has none.
  package let typeModifier: Int32

  package init(name: String, typeOID: UInt32, typeModifier: Int32) {
    self.name = name
    self.typeOID = typeOID
    self.typeModifier = typeModifier
  }
}
