import Foundation
import ProcessRunner
import ReportModel
import Sandbox

/// The one folder of this test process, gone with it however it ends.
///
/// A keeper, a shell in a session of its own, reads a pipe whose other end only this process holds. When the pipe
/// ends it stops every server that has the folder among its arguments and removes the folder.
package final class TestFolder: Sendable {
  static let shared = Result { try makeShared() }

  package let path: String
  let user: ServerUser
  private let keeper: ChildProcess
  private let pipe: Int32

  package init() throws {
    user = (try? ServerUser.current()) ?? .invoking(group: getegid())
    var template = Array("/tmp/reportgen-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SystemError(doing: "create a folder in \"/tmp\"", code: errno).diagnostic()
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw Diagnostic(.error, "could not make a pipe") }
    defer { close(ends[0]) }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    pipe = ends[1]
    let nothing = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(nothing) }
    let command = Command("/bin/sh", ["-c", Self.script, "reportgen-test-keeper", path])
    keeper = try ChildProcess(command, input: ends[0], output: nothing, error: nothing)
    // The servers' user must get in, but sees no names.
    guard chown(path, geteuid(), user.groupID) == 0, chmod(path, 0o710) == 0 else {
      throw Diagnostic(.error, "could not share \"\(path)\" with the servers' user")
    }
  }

  /// A normal end of the process waits for the keeper, so that nothing is left when the command returns.
  private static func makeShared() throws -> TestFolder {
    let folder = try TestFolder()
    atexit { (try? TestFolder.shared.get())?.release() }
    return folder
  }

  /// What the kernel does when the process dies: closes our end of the pipe; then waits for the keeper's work.
  package func release() {
    close(pipe)
    for _ in 0..<10000 where keeper.exitStatus == nil { usleep(2000) }
  }

  /// A new path inside; nothing is there yet.
  func makePath(_ prefix: String) -> String {
    "\(path)/\(prefix)-\(UUID().uuidString.prefix(8).lowercased())"
  }

  /// $1 is the folder. The pattern reaches grep by a pipe: among its arguments it would find itself.
  private static let script = """
    trap '' INT TERM HUP QUIT
    cat >/dev/null
    locks=$(find "$1" -name postmaster.pid)
    tries=0
    while [ $tries -lt 500 ]; do
      left=$(printf '%s/' "$1" | grep -lasF -f - /proc/[0-9]*/cmdline | cut -d/ -f3)
      [ -z "$left" ] && break
      for process in $left; do
        read -r name < /proc/$process/comm || continue
        if [ $tries -gt 300 ]; then kill -KILL $process
        elif [ $tries -eq 0 ] && [ "$name" = postgres ]; then kill -CONT $process; kill -QUIT $process
        elif [ "$name" != postgres ]; then kill -TERM $process; fi
      done
      tries=$((tries + 1))
      sleep 0.02
    done
    for lock in $locks; do
      [ -f "$lock" ] && ipcrm -m "$(sed -n '7s/.* //p' "$lock")"
    done
    rm -rf "$1"
    """
}
