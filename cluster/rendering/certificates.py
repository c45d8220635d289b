"""Makes the certificates of the cluster's two authorities.

"hosts"    names a server to its clients: PostgreSQL, pgBackRest, Patroni's REST API. Every host has one.
"control"  is for etcd, and for whoever may change something in etcd or through Patroni: who has such a certificate can
           have every command executed on the leader. Only members of etcd and of PostgreSQL have one.
"""

import os
import subprocess


class Authority:
    """A certificate authority in a folder: ca.crt, ca.key, and NAME.crt and NAME.key for each host."""

    def __init__(self, folder, name, days):
        """- Parameter days: how long the authority's own certificate is valid."""
        self._folder = folder
        self._name = name
        self._days = days

    @property
    def certificate(self):
        """The path of the authority's own certificate."""
        return self._path("ca.crt")

    def pair(self, name):
        """The paths of a host's certificate and key."""
        return self._path(name + ".crt"), self._path(name + ".key")

    def make(self, name, names, days, renew=False):
        """Makes the certificate of a host, unless there is one; `names` is its subjectAltName. Returns its pair.

        A renewed one has a new key. The authority's own certificate is renewed with its old key, so that certificates
        signed before and after it are valid under both.
        """
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        self._make_authority(renew)
        certificate, key = self.pair(name)
        if renew or not os.path.exists(certificate):
            request, new_key, new = (self._path(name + ending) for ending in (".csr", ".key.new", ".crt.new"))
            _openssl("req", *_NEW_KEY, "-subj", "/CN=" + name, "-keyout", new_key, "-out", request)
            extensions = f'basicConstraints=critical,CA:FALSE\nsubjectAltName={",".join(names)}\n'
            _openssl(
                "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._path("ca.key"),
                "-CAcreateserial", "-days", str(days), "-extfile", "/dev/stdin", "-out", new, text=extensions)
            os.remove(request)
            os.replace(new_key, key)
            os.replace(new, certificate)
        return certificate, key

    def _make_authority(self, renew):
        key = self._path("ca.key")
        if os.path.exists(self.certificate) and not renew:
            return
        old = ["-key", key] if os.path.exists(key) else [*_NEW_KEY, "-keyout", key]
        new = self.certificate + ".new"
        _openssl("req", "-x509", *old, "-days", str(self._days), "-subj", f"/CN={self._name}", "-out", new)
        os.replace(new, self.certificate)

    def _path(self, file):
        return os.path.join(self._folder, file)


def load(folder, values, hosts_that_run, renew=()):
    """Makes the certificates that `folder` does not have, and those of the hosts that `renew` names.

    Returns the two authorities.
    """
    days = values["secrets"]["certificate_days"]
    hosts = Authority(folder, "pgbackrest authority", values["secrets"]["authority_days"])
    control = Authority(os.path.join(folder, "control"), "control authority", values["secrets"]["authority_days"])
    for host in hosts_that_run(values, "pgbackrest"):
        # A host of PostgreSQL may have the virtual address. pgBackRest 2.45 and libpq before 15 compare with DNS names
        # only, so addresses are listed as DNS names, too.
        virtual = [values["cluster"]["virtual_address"]] if "postgres" in host["runs"] else []
        names = [f"{kind}:{address}" for address in (host["address"], *virtual) for kind in ("DNS", "IP")]
        hosts.make(host["name"], [f'DNS:{host["name"]}', *names], days, host["name"] in renew)
    for host in hosts_that_run(values, "control"):
        names = [f'DNS:{host["name"]}', f'IP:{host["address"]}', "IP:127.0.0.1"]
        control.make(host["name"], names, days, host["name"] in renew)
    return hosts, control


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments, text=""):
    done = subprocess.run(["openssl", *arguments], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f'openssl {arguments[0]} failed: {done.stderr.strip().splitlines()[-1]}')
