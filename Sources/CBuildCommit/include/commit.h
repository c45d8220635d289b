#pragma once

/* The commit that the command was built from, in hexadecimal, with "-dirty" behind it when the work tree had changes; null
   when the build was not told: scripts/build tells it by the variable REPORTGEN_COMMIT, which Package.swift passes on. */
const char *rg_build_commit(void);
