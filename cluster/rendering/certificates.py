"""Makes the certificates for pgBackRest's TLS: a certificate authority, and one certificate for each host."""

import os
import subprocess


def load(folder, hosts, days):
    """Makes the certificates that `folder` does not have. Returns paths: {"ca": …, name of host: (certificate, key)}."""
    authority = os.path.join(folder, "ca.crt")
    if not os.path.exists(authority):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _openssl(
            "req", "-x509", *_NEW_KEY, "-days", str(days), "-subj", "/CN=pgbackrest authority",
            "-keyout", os.path.join(folder, "ca.key"), "-out", authority)
    paths = {"ca": authority}
    for host in hosts:
        paths[host["name"]] = _certificate(folder, host, days)
    return paths


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _certificate(folder, host, days):
    certificate, key, request = (os.path.join(folder, host["name"] + ending) for ending in (".crt", ".key", ".csr"))
    if not os.path.exists(certificate):
        _openssl("req", *_NEW_KEY, "-subj", "/CN=" + host["name"], "-keyout", key, "-out", request)
        # pgBackRest 2.45 compares with DNS names only, so the address is listed as a DNS name, too.
        names = f'subjectAltName=DNS:{host["name"]},DNS:{host["address"]},IP:{host["address"]}\n'
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
