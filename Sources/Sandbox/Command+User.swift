import ProcessRunner

extension Command {
  /// The same as another OS user; setpriv replaces itself by the program, so the process keeps its id.
  func run(as user: ServerUser) -> Command {
    guard let other = user.name else { return self }
    var command = self
    command.arguments =
      ["--reuid=\(other)", "--regid=\(user.groupID)", "--init-groups", "--", executable] + arguments
    command.executable = ServerUser.setpriv
    return command
  }
}
