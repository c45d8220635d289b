import ReportModel

/// A YAML text by line and column as libyaml counts them: 1-based, columns in Unicode scalars, and with its six ways
/// to end a line.
struct YAMLLines {
  private(set) var scalars: [Unicode.Scalar]
  private let starts: [Int]

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var starts = [0]
    for (index, scalar) in scalars.enumerated() {
      let isBreak: Bool
      switch scalar {
      case "\r": isBreak = index + 1 == scalars.count || scalars[index + 1] != "\n"
      case "\n", "\u{85}", "\u{2028}", "\u{2029}": isBreak = true
      default: isBreak = false
      }
      if isBreak { starts.append(index + 1) }
    }
    self.starts = starts
  }

  var text: String { String(String.UnicodeScalarView(scalars)) }

  var lineCount: Int { starts.count }

  /// The index in `scalars`; nil past the end of the text.
  func index(of place: SourcePlace) -> Int? {
    guard (1...starts.count).contains(place.line) else { return nil }
    let index = starts[place.line - 1] + (place.column ?? 1) - 1
    return index < scalars.count ? index : nil
  }

  /// A line without its end.
  func line(_ number: Int) -> ArraySlice<Unicode.Scalar> {
    let end = number < starts.count ? starts[number] : scalars.count
    var line = scalars[starts[number - 1]..<end]
    while let last = line.last, "\r\n\u{85}\u{2028}\u{2029}".unicodeScalars.contains(last) {
      line.removeLast()
    }
    return line
  }

  func stands(_ text: String, at index: Int) -> Bool {
    let wanted = Array(text.unicodeScalars)
    return index + wanted.count <= scalars.count && Array(scalars[index..<index + wanted.count]) == wanted
  }

  /// Writes another name of the same length over a key.
  ///
  /// - Returns: the name, made of characters for private use; nil when the key is not written there as it reads.
  mutating func renameKey(_ key: String, at place: SourcePlace, number: Int) -> String? {
    guard var index = index(of: place), let standIn = Unicode.Scalar(0xE000 + UInt32(number)) else {
      return nil
    }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard !key.isEmpty, stands(key, at: index) else { return nil }
    let count = key.unicodeScalars.count
    for offset in 0..<count { scalars[index + offset] = standIn }
    return String(String.UnicodeScalarView(repeatElement(standIn, count: count)))
  }
}
