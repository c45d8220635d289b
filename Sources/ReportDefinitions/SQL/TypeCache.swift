import Synchronization

/// The canonical text of each type that was asked for; shared by all threads of one load.
final class TypeCache: Sendable {
  private let known = Mutex<[String: String?]>([:])

  func canonical(_ type: String) -> String? {
    if let result = known.withLock({ $0[type] }) { return result }
    let result = TypeName.canonical(type)
    known.withLock { $0[type] = .some(result) }
    return result
  }
}
