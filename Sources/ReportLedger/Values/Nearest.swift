/// The candidate with the fewest edits, if a third of the letters or fewer differ.
package func nearest(to text: String, in candidates: [String]) -> String? {
  let scored = candidates.map { ($0, editDistance(text, $0)) }
  guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
  return best.1 <= max(2, text.count / 3) ? best.0 : nil
}

private func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (i, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in right.indices {
      let cost = character == right[j] ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[right.count]
}
