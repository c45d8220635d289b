/// A position in a drawing, with at most two decimals: `37.5%`.
func percent(_ fraction: Double) -> String {
  let hundredths = Int((fraction * 10_000).rounded())
  let rest = hundredths.magnitude % 100
  let text = (hundredths < 0 ? "-" : "") + String(hundredths.magnitude / 100)
  if rest == 0 { return text + "%" }
  return text + "." + (rest < 10 ? "0" : "") + (rest % 10 == 0 ? String(rest / 10) : String(rest)) + "%"
}

extension String {
  /// At most `count` characters; a longer text has `…` in its middle, because names often differ at their ends.
  func shortened(to count: Int) -> String {
    guard self.count > count else { return self }
    let tail = (count - 1) / 3
    return self.prefix(count - 1 - tail) + "…" + self.suffix(tail)
  }
}
