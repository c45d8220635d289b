#pragma once
#include <dlfcn.h>
#include <libpq-fe.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

/* The server's certificate, an X509 that the caller frees; NULL for a connection without TLS, or with another library than
   OpenSSL. libssl comes with libpq, so its function is looked up where libpq has loaded it. */
static inline void *rg_server_certificate(PGconn *connection) {
  void *ssl = PQsslStruct(connection, "OpenSSL");
  if (!ssl) return NULL;
  void *(*get)(const void *) = (void *(*)(const void *))dlsym((void *)0, "SSL_get1_peer_certificate");
  if (!get) get = (void *(*)(const void *))dlsym((void *)0, "SSL_get_peer_certificate"); /* OpenSSL 1.1 */
  return get ? get(ssl) : NULL;
}

/* How many bytes a socket has received that were not read yet; ioctl is variadic, which Swift does not import. */
static inline int rg_bytes_waiting(int socket) {
  int bytes = 0;
  return socket >= 0 && ioctl(socket, FIONREAD, &bytes) == 0 ? bytes : 0;
}

/* Swift does not import macros that are character constants. */
enum rg_error_field {
  RG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED,
  RG_SQLSTATE = PG_DIAG_SQLSTATE,
  RG_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY,
  RG_MESSAGE_DETAIL = PG_DIAG_MESSAGE_DETAIL,
  RG_MESSAGE_HINT = PG_DIAG_MESSAGE_HINT,
  RG_STATEMENT_POSITION = PG_DIAG_STATEMENT_POSITION,
  RG_CONTEXT = PG_DIAG_CONTEXT,
  RG_SCHEMA_NAME = PG_DIAG_SCHEMA_NAME,
  RG_TABLE_NAME = PG_DIAG_TABLE_NAME,
  RG_COLUMN_NAME = PG_DIAG_COLUMN_NAME,
  RG_CONSTRAINT_NAME = PG_DIAG_CONSTRAINT_NAME,
  RG_SOURCE_FUNCTION = PG_DIAG_SOURCE_FUNCTION
};
