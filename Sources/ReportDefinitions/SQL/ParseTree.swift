import Glibc

/// A statement's parse tree, as the flat list of nodes in the order of libpg_query's JSON.
///
/// Flat, so that a sum of half a million terms needs no recursion to be read or searched; and read by hand, since
/// `JSONDecoder` took seconds for what takes a tenth of one here.
struct ParseTree {
  enum Kind: UInt8 {
    case object, array, string, other
  }

  struct Node {
    var kind: Kind
    /// Offsets in `bytes`, without the quotes; empty for items of arrays.
    var key: Range<Int32>
    var value: Range<Int32>
    /// The index after the last node inside this one.
    var subtreeEnd: Int32
  }

  private let bytes: [UInt8]
  let nodes: [Node]

  /// - Parameter json: as the parser writes it; anything else is our bug.
  init(json: UnsafeRawBufferPointer) {
    bytes = Array(json)
    nodes = Self.read(json)
  }

  private static func read(_ json: UnsafeRawBufferPointer) -> [Node] {
    var nodes: [Node] = []
    nodes.reserveCapacity(json.count / 14)
    var open: [Int] = []
    var key: Range<Int32> = 0..<0
    var position = 0
    let comma = UInt8(ascii: ",")
    func stringEnd(_ start: Int) -> Int {
      var end = start
      while json[end] != UInt8(ascii: "\"") { end += json[end] == UInt8(ascii: "\\") ? 2 : 1 }
      return end
    }
    func append(_ kind: Kind, _ value: Range<Int>) {
      nodes.append(
        Node(
          kind: kind, key: key, value: Int32(value.lowerBound)..<Int32(value.upperBound),
          subtreeEnd: Int32(nodes.count + 1)))
      key = 0..<0
    }
    while position < json.count {
      switch json[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open.append(nodes.count)
        append(json[position] == UInt8(ascii: "{") ? .object : .array, position..<position)
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        nodes[open.removeLast()].subtreeEnd = Int32(nodes.count)
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"):
        position += 1
      case UInt8(ascii: "\""):
        let end = stringEnd(position + 1)
        if json[end + 1] == UInt8(ascii: ":") {
          key = Int32(position + 1)..<Int32(end)
        } else {
          append(.string, position + 1..<end)
        }
        position = end + 1
      default:
        var end = position
        while end < json.count, json[end] != comma, json[end] != UInt8(ascii: "]"),
          json[end] != UInt8(ascii: "}")
        {
          end += 1
        }
        append(.other, position..<end)
        position = end
      }
    }
    return nodes
  }

  // MARK: Reading

  func isKey(_ index: Int, _ name: StaticString) -> Bool { matches(nodes[index].key, name) }

  private func matches(_ range: Range<Int32>, _ name: StaticString) -> Bool {
    bytes.withUnsafeBufferPointer { Self.matches($0, range, name) }
  }

  private static func matches(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int32>, _ name: StaticString
  ) -> Bool {
    let count = name.utf8CodeUnitCount
    guard Int(range.upperBound - range.lowerBound) == count else { return false }
    guard count > 0, let base = bytes.baseAddress else { return true }
    return memcmp(base + Int(range.lowerBound), name.utf8Start, count) == 0
  }

  func keyBytes(_ index: Int) -> ArraySlice<UInt8> { slice(nodes[index].key) }

  func valueBytes(_ index: Int) -> ArraySlice<UInt8> { slice(nodes[index].value) }

  private func slice(_ range: Range<Int32>) -> ArraySlice<UInt8> {
    bytes[Int(range.lowerBound)..<Int(range.upperBound)]
  }

  /// The nodes directly inside an object or array.
  func children(_ index: Int) -> ParseTreeChildren {
    ParseTreeChildren(tree: self, index: index + 1, end: Int(nodes[index].subtreeEnd))
  }

  func child(_ index: Int, _ name: StaticString) -> Int? { children(index).first { isKey($0, name) } }

  /// The one child of a wrapper such as `{"SelectStmt": {…}}`, or of an array with one item.
  func onlyChild(_ index: Int) -> Int? {
    let next = index + 1
    guard next < nodes[index].subtreeEnd, nodes[next].subtreeEnd == nodes[index].subtreeEnd else {
      return nil
    }
    return next
  }

  func text(_ index: Int) -> String { unescaped(valueBytes(index)) }

  func text(_ index: Int, _ name: StaticString) -> String? { child(index, name).map(text) }

  func isValue(_ index: Int, _ name: StaticString, _ value: StaticString) -> Bool {
    child(index, name).map { matches(nodes[$0].value, value) } ?? false
  }

  /// A byte offset in the SQL; nil where the parser has none.
  func location(_ index: Int) -> Int? {
    guard let child = child(index, "location") else { return nil }
    return Int(String(decoding: valueBytes(child), as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
  }

  /// Every node of that name in a subtree, at any depth.
  func all(_ name: StaticString, in index: Int = 0) -> [Int] {
    guard index < nodes.count else { return [] }
    return all([name], in: index)[0]
  }

  /// Every node of each of the names, in one pass over a subtree.
  func all(_ names: [StaticString], in index: Int = 0) -> [[Int]] {
    var found = names.map { _ in [Int]() }
    guard index < nodes.count else { return found }
    let longest = names.map(\.utf8CodeUnitCount).max() ?? 0
    let shortest = names.map(\.utf8CodeUnitCount).min() ?? 0
    bytes.withUnsafeBufferPointer { bytes in
      nodes.withUnsafeBufferPointer { nodes in
        for node in index..<Int(nodes[index].subtreeEnd) {
          let key = nodes[node].key
          guard (shortest...longest).contains(Int(key.upperBound - key.lowerBound)) else { continue }
          for number in names.indices where Self.matches(bytes, key, names[number]) {
            found[number].append(node)
          }
        }
      }
    }
    return found
  }

  /// The strings of `[{"String": {"sval": "pg_catalog"}}, …]`.
  func names(_ list: Int) -> [String] {
    children(list).compactMap { item in onlyChild(item).flatMap { text($0, "sval") } }
  }
}

struct ParseTreeChildren: Sequence, IteratorProtocol {
  let tree: ParseTree
  var index: Int
  let end: Int

  mutating func next() -> Int? {
    guard index < end else { return nil }
    defer { index = Int(tree.nodes[index].subtreeEnd) }
    return index
  }
}

/// JSON's escapes undone; the parser writes no surrogates, it leaves UTF-8 as it is.
private func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
  guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
  var text: [UInt8] = []
  var index = bytes.startIndex
  while index < bytes.endIndex {
    guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex else {
      text.append(bytes[index])
      index += 1
      continue
    }
    let escape = bytes[index + 1]
    index += 2
    switch escape {
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      let end = min(index + 4, bytes.endIndex)
      let code = UInt32(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16) ?? 0xFFFD
      text += Array(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
      index = end
    default: text.append(escape)
    }
  }
  return String(decoding: text, as: UTF8.self)
}
