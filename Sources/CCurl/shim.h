#pragma once
#include <curl/curl.h>
#include <dlfcn.h>

/* libcurl is opened for the first request: it brings some twenty libraries, and most commands send no request. */
static inline void *rg_curl_library(void) {
  static void *library;
  void *opened = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
  if (!opened) {
    opened = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
    __atomic_store_n(&library, opened, __ATOMIC_RELEASE);
  }
  return opened;
}

/* Null, or why libcurl cannot be opened: the functions below may only be called after null. */
static inline const char *rg_curl_missing(void) { return rg_curl_library() ? NULL : dlerror(); }

#define RG_CURL(function) ((__typeof__(&function))dlsym(rg_curl_library(), #function))

static inline CURLcode rg_curl_global_init(long flags) { return RG_CURL(curl_global_init)(flags); }
static inline CURL *rg_curl_easy_init(void) { return RG_CURL(curl_easy_init)(); }
static inline void rg_curl_easy_cleanup(CURL *handle) { RG_CURL(curl_easy_cleanup)(handle); }
static inline const char *rg_curl_easy_strerror(CURLcode code) { return RG_CURL(curl_easy_strerror)(code); }
static inline void rg_curl_free(void *memory) { RG_CURL(curl_free)(memory); }
static inline struct curl_slist *rg_curl_slist_append(struct curl_slist *list, const char *text) {
  return RG_CURL(curl_slist_append)(list, text);
}
static inline void rg_curl_slist_free_all(struct curl_slist *list) { RG_CURL(curl_slist_free_all)(list); }
static inline CURLM *rg_curl_multi_init(void) { return RG_CURL(curl_multi_init)(); }
static inline void rg_curl_multi_cleanup(CURLM *multi) { RG_CURL(curl_multi_cleanup)(multi); }
static inline void rg_curl_multi_wakeup(CURLM *multi) { RG_CURL(curl_multi_wakeup)(multi); }
static inline void rg_curl_multi_perform(CURLM *multi, int *running) { RG_CURL(curl_multi_perform)(multi, running); }
static inline void rg_curl_multi_poll(CURLM *multi, int milliseconds) {
  RG_CURL(curl_multi_poll)(multi, NULL, 0, milliseconds, NULL);
}
static inline void rg_curl_multi_add_handle(CURLM *multi, CURL *handle) { RG_CURL(curl_multi_add_handle)(multi, handle); }
static inline void rg_curl_multi_remove_handle(CURLM *multi, CURL *handle) {
  RG_CURL(curl_multi_remove_handle)(multi, handle);
}
static inline CURLMsg *rg_curl_multi_info_read(CURLM *multi, int *left) {
  return RG_CURL(curl_multi_info_read)(multi, left);
}
static inline CURLU *rg_curl_url(void) { return RG_CURL(curl_url)(); }
static inline void rg_curl_url_cleanup(CURLU *url) { RG_CURL(curl_url_cleanup)(url); }
static inline CURLUcode rg_curl_url_set(CURLU *url, CURLUPart part, const char *text) {
  return RG_CURL(curl_url_set)(url, part, text, 0);
}
/* With the scheme's default port where the URL has none. */
static inline CURLUcode rg_curl_url_get(CURLU *url, CURLUPart part, char **text) {
  return RG_CURL(curl_url_get)(url, part, text, CURLU_DEFAULT_PORT);
}

/* Swift cannot call variadic functions such as curl_easy_setopt and curl_easy_getinfo: one function for each type of value.
   curl's macros of the same names check the option at compile time, which needs a constant. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

typedef size_t (*rg_curl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode rg_curl_set_number(CURL *handle, CURLoption option, long value) {
  return RG_CURL(curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rg_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return RG_CURL(curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rg_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return RG_CURL(curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rg_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return RG_CURL(curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rg_curl_set_receive(CURL *handle, CURLoption option, rg_curl_receive value) {
  return RG_CURL(curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rg_curl_number(CURL *handle, CURLINFO info, long *value) {
  return RG_CURL(curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode rg_curl_size(CURL *handle, CURLINFO info, curl_off_t *value) {
  return RG_CURL(curl_easy_getinfo)(handle, info, value);
}

/* What CURLOPT_CERTINFO has kept of the server's own certificate; NULL for none. */
static inline struct curl_slist *rg_curl_certificate(CURL *handle) {
  struct curl_certinfo *found = NULL;
  if (RG_CURL(curl_easy_getinfo)(handle, CURLINFO_CERTINFO, &found) != CURLE_OK || !found || found->num_of_certs < 1) {
    return NULL;
  }
  return found->certinfo[0];
}

/* The result of a completed transfer; Swift cannot read the union. */
static inline CURLcode rg_curl_result(const CURLMsg *message) { return message->data.result; }
