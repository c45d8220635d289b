#pragma once
/* ICU's types conflict with Foundation's. Only the last two members of a struct that is not used here depend on them. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlwriter.h>
/* xmlFree is a global variable, which Swift 6 rejects as shared mutable state. */
static inline void rg_xml_free(void *p) { xmlFree(p); }
