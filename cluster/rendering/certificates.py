"""Makes the certificates for the TLS of pgBackRest and PostgreSQL: an authority, and one certificate for each host."""

import os
import subprocess


def load(folder, hosts, days, virtual_address):
    """Makes the certificates that `folder` does not have. Returns paths: {"ca": …, name of host: (certificate, key)}.

    A host of PostgreSQL may have the virtual address.
    """
    authority = os.path.join(folder, "ca.crt")
    if not os.path.exists(authority):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _openssl(
            "req", "-x509", *_NEW_KEY, "-days", str(days), "-subj", "/CN=pgbackrest authority",
            "-keyout", os.path.join(folder, "ca.key"), "-out", authority)
    paths = {"ca": authority}
    for host in hosts:
        addresses = [host["address"], *([virtual_address] if "postgres" in host["runs"] else [])]
        paths[host["name"]] = _certificate(folder, host["name"], addresses, days)
    return paths


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _certificate(folder, name, addresses, days):
    certificate, key, request = (os.path.join(folder, name + ending) for ending in (".crt", ".key", ".csr"))
    if not os.path.exists(certificate):
        _openssl("req", *_NEW_KEY, "-subj", "/CN=" + name, "-keyout", key, "-out", request)
        # pgBackRest 2.45 and libpq before 15 compare with DNS names only, so addresses are listed as DNS names, too.
        listed = [f"DNS:{name}", *(f"{kind}:{address}" for address in addresses for kind in ("DNS", "IP"))]
        names = f'subjectAltName={",".join(listed)}\n'
        _openssl(
            "x509", "-req", "-in", request, "-CA", os.path.join(folder, "ca.crt"),
            "-CAkey", os.path.join(folder, "ca.key"), "-CAcreateserial", "-days", str(days),
            "-extfile", "/dev/stdin", "-out", certificate, text=names)
        os.remove(request)
    return certificate, key


def _openssl(*arguments, text=""):
    done = subprocess.run(["openssl", *arguments], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f'openssl {arguments[0]} failed: {done.stderr.strip().splitlines()[-1]}')
