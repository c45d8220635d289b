#pragma once
#include <spawn.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* glibc >= 2.34 has these, but Swift's Glibc module is built without _GNU_SOURCE and hides them. */
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

enum { rg_spawn_setsid = 0x80 /* POSIX_SPAWN_SETSID */ };

/* A postmaster that died of SIGKILL leaves its segment behind. Only that one is removed: the id alone may be another
   server's after a reboot, and one in use is nobody's to remove: 1 then, 0 or -1 otherwise. */
static inline int rg_remove_unused_shared_memory(key_t key, int segment) {
  struct shmid_ds found;
  if (shmctl(segment, IPC_STAT, &found) != 0) return -1;
  if (found.shm_perm.__key != key) return -1;
  if (found.shm_nattch != 0) return 1;
  return shmctl(segment, IPC_RMID, 0);
}
