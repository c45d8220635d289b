import Glibc

/// A system call that a connection needs has failed.
struct SystemError: Error {
  let doing: String
  let code: Int32

  var reason: String { "could not \(doing): " + String(cString: strerror(code)) }
}
