#pragma once
/* The low-level SHA functions, which do not load a provider: loading one reads openssl.cnf, a tenth of a small run's time. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <time.h>

/* The last second of a certificate's validity, since 1970; 0 when it cannot be read. */
static inline int rg_certificate_end(X509 *certificate, int64_t *seconds) {
  struct tm end = {0};
  if (!ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end)) return 0;
  *seconds = timegm(&end);
  return 1;
}
