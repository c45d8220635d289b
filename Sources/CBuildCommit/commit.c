#include "commit.h"

#include <stddef.h>

const char *rg_build_commit(void) {
#ifdef REPORTGEN_COMMIT
  return REPORTGEN_COMMIT;
#else
  return NULL;
#endif
}
