import CLibPQ

/// The libpq that this process has loaded, which need not be the one that it was built with.
package enum LibraryVersion {
  package static var loaded: ServerVersion { ServerVersion(number: Int(PQlibVersion())) }
}
