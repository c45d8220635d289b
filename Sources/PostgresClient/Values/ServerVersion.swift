/// A server's version as `server_version_num` has it: 150004 for 15.4.
package struct ServerVersion: Hashable, Sendable, CustomStringConvertible {
  /// The oldest major version that reportgen works with.
  package static let oldestMajor = 15
  /// The newest major version that its tests run on.
  package static let newestTestedMajor = 18

  package var number: Int

  package init(number: Int) { self.number = number }

  /// The first number of its name, or 9 for 9.6.
  package var major: Int { number / 10_000 }

  /// `15.4`, `9.6.24`.
  package var description: String {
    major >= 10
      ? "\(major).\(number % 10_000)" : "\(major).\(number / 100 % 100).\(number % 100)"
  }

  /// Whether reportgen's statements need a newer one; false for 0, which libpq gives where it does not know.
  package var isTooOld: Bool { number != 0 && major < Self.oldestMajor }
}
