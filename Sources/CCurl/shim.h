#pragma once
#include <curl/curl.h>

/* Swift cannot call variadic functions such as curl_easy_setopt and curl_easy_getinfo: one function for each type of value.
   curl's macros of the same names check the option at compile time, which needs a constant. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

typedef size_t (*rg_curl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode rg_curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode rg_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode rg_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode rg_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode rg_curl_set_receive(CURL *handle, CURLoption option, rg_curl_receive value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode rg_curl_number(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode rg_curl_size(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

/* The result of a completed transfer; Swift cannot read the union. */
static inline CURLcode rg_curl_result(const CURLMsg *message) { return message->data.result; }
