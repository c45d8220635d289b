#pragma once
#include <spawn.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* glibc >= 2.34 has these, but Swift's Glibc module is built without _GNU_SOURCE and hides them. */
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

enum { rg_spawn_setsid = 0x80 /* POSIX_SPAWN_SETSID */ };

/* A postmaster that died of SIGKILL leaves its segment behind. */
static inline int rg_remove_shared_memory(int segment) { return shmctl(segment, IPC_RMID, 0); }
