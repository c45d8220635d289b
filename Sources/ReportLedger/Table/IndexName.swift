import ReportModel

/// Names of the indexes that reportgen makes. Pure.
///
/// Where a name is longer than the 63 bytes that PostgreSQL keeps, it is cut (whole characters only), and a hash tells
/// it from others.
enum IndexName {
  /// `sale_key`; follows `unique_key`.
  static func key(_ table: QualifiedName) -> String {
    name(table, stem: table.name, suffix: "_key", parts: ["key"])
  }

  /// `sale_purchase_date_currency_idx`.
  ///
  /// - Parameter others: the other indexes of the same table: `[a_b, c]` and `[a, b_c]` need a hash to be told apart.
  static func index(_ table: QualifiedName, _ columns: [String], among others: [[String]]) -> String {
    let joined = columns.joined(separator: "_")
    let isShared = others.contains { $0 != columns && $0.joined(separator: "_") == joined }
    return name(table, stem: table.name + "_" + joined, suffix: "_idx", parts: columns, isHashed: isShared)
  }

  /// The first of `sale_key`, `sale_key_2`, … that no other relation has: an index keeps its name where its table is renamed.
  static func free(_ name: String, taken: Set<String>) -> String {
    var number = 1
    while taken.contains(variant(name, number)) { number += 1 }
    return variant(name, number)
  }

  /// Whether `free` could have made an index's name of another one.
  static func isVariant(_ found: String, of name: String) -> Bool {
    guard found != name else { return true }
    guard let end = found.lastIndex(of: "_"), let number = Int(found[found.index(after: end)...]) else {
      return false
    }
    return number > 1 && found == variant(name, number)
  }

  private static func variant(_ name: String, _ number: Int) -> String {
    guard number > 1 else { return name }
    var stem = name
    while stem.utf8.count + "_\(number)".utf8.count > 63 { stem.removeLast() }
    return "\(stem)_\(number)"
  }

  private static func name(
    _ table: QualifiedName, stem: String, suffix: String, parts: [String], isHashed: Bool = false
  ) -> String {
    guard isHashed || (stem + suffix).utf8.count > 63 else { return stem + suffix }
    let hash = "_" + LockKey.short("\(table) \(parts)")
    var stem = stem
    while stem.utf8.count + hash.utf8.count + suffix.utf8.count > 63 { stem.removeLast() }
    return stem + hash + suffix
  }
}
