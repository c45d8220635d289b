import Foundation

/// The processes of this machine, read from /proc.
///
/// A process is recognized by an argument, such as a server by its data folder: an id alone may belong to another process
/// after a reboot, and links such as `cwd` are hidden from root in containers.
package enum ProcessList {
  /// False for a zombie, which has no arguments.
  package static func isAlive(_ process: pid_t, withArgument argument: String) -> Bool {
    arguments(of: process).contains(argument)
  }

  /// Every process that was started with this argument, word for word.
  package static func withArgument(_ argument: String) -> [pid_t] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { pid_t($0) }.filter { isAlive($0, withArgument: argument) }
  }

  /// A process and its children that are running.
  package static func family(of parent: pid_t?) -> [pid_t] {
    guard let parent, isAlive(parent) else { return [] }
    let children = contents("/proc/\(parent)/task/\(parent)/children")
    return [parent] + String(decoding: children, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
  }

  /// The processes of a session, without zombies.
  package static func ofSession(_ session: pid_t) -> [pid_t] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { pid_t($0) }.filter { process in
      // `pid (name) state parent group session …`; the name can have blanks and parentheses.
      let text = String(decoding: contents("/proc/\(process)/stat"), as: UTF8.self)
      guard let name = text.lastIndex(of: ")") else { return false }
      let fields = text[text.index(after: name)...].split(separator: " ")
      return fields.count > 3 && fields[3] == "\(session)" && fields[0] != "Z" && fields[0] != "X"
    }
  }

  /// False for a zombie.
  package static func isAlive(_ process: pid_t) -> Bool { !arguments(of: process).isEmpty }

  /// Empty for a zombie, and for a process that is gone.
  package static func arguments(of process: pid_t) -> [String] {
    contents("/proc/\(process)/cmdline").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// FileManager trusts a file's size, which is 0 everywhere in /proc.
  private static func contents(_ path: String) -> ArraySlice<UInt8> {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16384)
    let count = fread(&bytes, 1, bytes.count, file)
    return bytes[..<count]
  }
}
