import Glibc

/// The arguments that this process was started with.
///
/// Swift finds them on Linux by walking back from `environ`, and finds none once a preloaded library (libfaketime, an
/// agent that traces) has moved the environment. The kernel's own record does not change.
package enum ProgramArguments {
  /// Without the program's own name, as bytes: an argument need not be UTF-8.
  package static let bytes: [[UInt8]] =
    recorded(at: "/proc/self/cmdline") ?? CommandLine.arguments.dropFirst().map { Array($0.utf8) }

  /// - Returns: nil when /proc is not there.
  static func recorded(at path: String) -> [[UInt8]]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { break }
      all += buffer[..<count]
    }
    // Every argument ends in a NUL, also an empty one.
    guard all.last == 0 else { return nil }
    return all.dropLast().split(separator: 0, omittingEmptySubsequences: false).dropFirst().map(Array.init)
  }
}
