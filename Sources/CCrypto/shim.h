#pragma once
/* SHA-256 itself, without OpenSSL's providers: looking one up reads openssl.cnf, which takes a tenth of a small run. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
