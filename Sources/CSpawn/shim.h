#pragma once
#include <spawn.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* In glibc since 2.34. Swift's Glibc module is built without _GNU_SOURCE and does not declare them. */
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

enum { rg_spawn_setsid = 0x80 /* POSIX_SPAWN_SETSID */ };

/* Removes the shared memory segment that a postmaster left when it was killed by SIGKILL. Compares the key, because after
   a reboot the id can belong to another server's segment. Returns 0 when it was removed, 1 when it is in use, -1 when
   there is no such segment or it cannot be removed. */
static inline int rg_remove_unused_shared_memory(key_t key, int segment) {
  struct shmid_ds found;
  if (shmctl(segment, IPC_STAT, &found) != 0) return -1;
  if (found.shm_perm.__key != key) return -1;
  if (found.shm_nattch != 0) return 1;
  return shmctl(segment, IPC_RMID, 0);
}
