import Glibc
import ReportModel

extension Command {
  /// Replaces this process by the program, which gets its terminal, files, signals and environment; `environment`,
  /// `directory` and `inheritsAll` are not used.
  ///
  /// - Throws: `Diagnostic` when the program cannot be started; otherwise it does not return.
  package func replaceProcess() throws -> Never {
    var pointers = ([executable] + arguments).map { strdup($0) } + [nil]
    // An ignored signal would stay ignored in the program.
    signal(SIGPIPE, SIG_DFL)
    execv(executable, &pointers)
    throw SystemError("run", executable, errno: errno).diagnostic()
  }
}
