#pragma once
/* ICU's types clash with Foundation's; only two trailing members of a struct that is never touched here depend on them. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlwriter.h>
/* xmlFree is a global variable, which Swift 6 refuses as shared mutable state. */
static inline void rg_xml_free(void *p) { xmlFree(p); }
