#pragma once
/* The low-level SHA functions, which do not load a provider: loading one reads openssl.cnf, a tenth of a small run's time. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
