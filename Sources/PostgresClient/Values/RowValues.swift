/// The values of one row, in the order of the result's columns; nil is NULL, and also a column that the result lacks: a
/// result comes from outside, and no position of it is a reason to end the process.
package struct RowValues: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
  private let values: [String?]

  package init(_ values: [String?]) { self.values = values }

  package init(arrayLiteral values: String?...) { self.values = values }

  package var startIndex: Int { 0 }
  package var endIndex: Int { values.count }

  package subscript(column: Int) -> String? { values.indices.contains(column) ? values[column] : nil }
}
