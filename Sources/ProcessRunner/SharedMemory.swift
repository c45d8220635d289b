import CSpawn
import Glibc

/// System V shared memory that outlives the processes that used it.
package enum SharedMemory {
  /// Removes a segment unless a process is attached to it.
  ///
  /// - Parameters:
  ///   - key: The key with which it was created: after a reboot the id may belong to another program's segment, which
  ///     is not removed.
  ///   - segment: Its id.
  /// - Returns: false while a process is attached; true also when there is no such segment.
  package static func removeUnused(key: Int64, segment: Int32) -> Bool {
    rg_remove_unused_shared_memory(key_t(truncatingIfNeeded: key), segment) != 1
  }
}
