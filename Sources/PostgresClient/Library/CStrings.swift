import Glibc

/// A NULL-terminated array of C strings, freed with this object.
final class CStrings {
  private(set) var pointers: [UnsafePointer<CChar>?]

  /// - Parameter strings: without NUL bytes; nil becomes a null pointer.
  init(_ strings: [String?]) {
    pointers = strings.map { string in string.map { UnsafePointer(strdup($0)) } } + [nil]
  }

  deinit { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
}
