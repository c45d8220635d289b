/// Columns of equal width, two spaces apart, without blanks at the ends of lines; a cell stays on its line.
///
/// - Precondition: every row has as many cells as the first.
package func alignedTable(_ rows: [[String]]) -> String {
  let rows = rows.map { $0.map { $0.visible() } }
  guard let columns = rows.first?.count else { return "" }
  let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    var line = ""
    for (cell, width) in zip(row, widths) {
      line += cell + String(repeating: " ", count: width - cell.count + 2)
    }
    while line.last == " " { line.removeLast() }
    return line
  }.joined(separator: "\n")
}
