#pragma once
#include <dlfcn.h>
#include <stddef.h>

/* libxml2 is opened when the first page is written: its own start, with that of ICU, takes as long as that of libpq, and
   most commands write no page. What is used of it is declared here, as libxml/xmlwriter.h and libxml/entities.h do: its
   headers are found by pkg-config alone, which would also link it. */
#define RG_XML_LIBRARIES {"libxml2.so.2", "libxml2.so.16"}

typedef unsigned char xmlChar;
typedef struct _xmlTextWriter *xmlTextWriterPtr;
typedef struct _xmlOutputBuffer *xmlOutputBufferPtr;
typedef int (*rg_xml_write)(void *context, const char *bytes, int count);
typedef int (*rg_xml_close)(void *context);

static inline void *rg_xml_library(void) {
  static void *library;
  void *opened = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
  if (!opened) {
    static const char *const names[] = RG_XML_LIBRARIES;
    for (size_t index = 0; !opened && index < sizeof names / sizeof *names; index++) {
      opened = dlopen(names[index], RTLD_LAZY | RTLD_LOCAL);
    }
    __atomic_store_n(&library, opened, __ATOMIC_RELEASE);
  }
  return opened;
}

/* Null, or why libxml2 cannot be opened: the functions below may only be called after null. */
static inline const char *rg_xml_missing(void) { return rg_xml_library() ? NULL : dlerror(); }

/* A function of the library, of that type. */
#define RG_XML(function, result, ...) \
  ({ \
    static result (*known)(__VA_ARGS__); \
    result (*found)(__VA_ARGS__) = __atomic_load_n(&known, __ATOMIC_RELAXED); \
    if (!found) { \
      found = (result(*)(__VA_ARGS__))dlsym(rg_xml_library(), #function); \
      __atomic_store_n(&known, found, __ATOMIC_RELAXED); \
    } \
    found; \
  })

static inline xmlOutputBufferPtr rg_xml_buffer(rg_xml_write write, rg_xml_close close, void *context) {
  return RG_XML(xmlOutputBufferCreateIO, xmlOutputBufferPtr, rg_xml_write, rg_xml_close, void *, void *)(
    write, close, context, NULL);
}
static inline xmlTextWriterPtr rg_xml_writer(xmlOutputBufferPtr buffer) {
  return RG_XML(xmlNewTextWriter, xmlTextWriterPtr, xmlOutputBufferPtr)(buffer);
}
static inline void rg_xml_free_writer(xmlTextWriterPtr writer) {
  RG_XML(xmlFreeTextWriter, void, xmlTextWriterPtr)(writer);
}
static inline void rg_xml_flush(xmlTextWriterPtr writer) { RG_XML(xmlTextWriterFlush, int, xmlTextWriterPtr)(writer); }
static inline void rg_xml_doctype(xmlTextWriterPtr writer, const xmlChar *name) {
  RG_XML(xmlTextWriterWriteDTD, int, xmlTextWriterPtr, const xmlChar *, const xmlChar *, const xmlChar *, const xmlChar *)(
    writer, name, NULL, NULL, NULL);
}
static inline void rg_xml_start_element(xmlTextWriterPtr writer, const xmlChar *name) {
  RG_XML(xmlTextWriterStartElement, int, xmlTextWriterPtr, const xmlChar *)(writer, name);
}
/* Writes <br/> where the element is empty. */
static inline void rg_xml_end_element(xmlTextWriterPtr writer) {
  RG_XML(xmlTextWriterEndElement, int, xmlTextWriterPtr)(writer);
}
/* Writes <td></td> where the element is empty. */
static inline void rg_xml_full_end_element(xmlTextWriterPtr writer) {
  RG_XML(xmlTextWriterFullEndElement, int, xmlTextWriterPtr)(writer);
}
static inline void rg_xml_start_attribute(xmlTextWriterPtr writer, const xmlChar *name) {
  RG_XML(xmlTextWriterStartAttribute, int, xmlTextWriterPtr, const xmlChar *)(writer, name);
}
static inline void rg_xml_end_attribute(xmlTextWriterPtr writer) {
  RG_XML(xmlTextWriterEndAttribute, int, xmlTextWriterPtr)(writer);
}
static inline void rg_xml_text(xmlTextWriterPtr writer, const xmlChar *text) {
  RG_XML(xmlTextWriterWriteString, int, xmlTextWriterPtr, const xmlChar *)(writer, text);
}
static inline void rg_xml_raw(xmlTextWriterPtr writer, const xmlChar *text, int bytes) {
  RG_XML(xmlTextWriterWriteRawLen, int, xmlTextWriterPtr, const xmlChar *, int)(writer, text, bytes);
}

/* Text with &, <, > and quotes escaped, which `rg_xml_free` frees; null when out of memory. */
static inline xmlChar *rg_xml_escaped(const xmlChar *text) {
  return RG_XML(xmlEncodeSpecialChars, xmlChar *, void *, const xmlChar *)(NULL, text);
}
/* xmlFree is a variable of the library. */
static inline void rg_xml_free(void *memory) {
  void (**function)(void *) = (void (**)(void *))dlsym(rg_xml_library(), "xmlFree");
  (*function)(memory);
}
