"""Writes all files of a host into one archive, whose root is the host's root, with their owners and modes."""

import io
import os
import tarfile
import tomllib

from . import certificates, inventory, passwords, template

TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "templates")
# Folders that every host has. Other folders are part of the archive, with mode 755 whatever the umask.
_SYSTEM_FOLDERS = {
    "/etc", "/etc/default", "/etc/patroni", "/etc/postgresql-common", "/etc/systemd", "/etc/systemd/system"}
_SERVICES = ("etcd", "postgres", "pgbackrest", "repository", "reportgen", "superset")


def write(values, folder_of_secrets, output, renew=()):
    """Writes `output`/HOST.tar for each host. Returns their paths; the same input gives the same bytes.

    - Parameter renew: names of hosts that get new certificates.
    """
    known = passwords.load(folder_of_secrets, inventory.passwords(values))
    hosts, control = certificates.load(folder_of_secrets, values, inventory.hosts_that_run, renew)
    values = {
        **values,
        "password": known,
        "verifier": {name: passwords.verifier(name, password) for name, password in known.items()},
    }
    os.makedirs(output, mode=0o700, exist_ok=True)
    paths = []
    for host in values["host"]:
        files = _templates(values, host)
        if host in inventory.hosts_that_run(values, "pgbackrest"):
            files.update(_certificates(hosts, host, "/etc/pgbackrest"))
        if "etcd" in host["runs"]:
            files.update(_certificates(control, host, "/etc/etcd"))
        if "postgres" in host["runs"]:
            files.update(_certificates(control, host, "/etc/patroni/control"))
        if "reportgen" in host["runs"]:
            files["/etc/reportgen/root.crt"] = _text(hosts.certificate)
        if "superset" in host["runs"]:
            files["/etc/superset/root.crt"] = _text(hosts.certificate)
        paths.append(os.path.join(output, host["name"] + ".tar"))
        _archive(files, paths[-1])
    return paths


def _templates(values, host):
    """Maps each path on the host to the text of the file."""
    names = inventory.for_host(values, host)
    files = {}
    for service in _SERVICES:
        if host not in inventory.hosts_that_run(values, service):
            continue
        root = os.path.join(TEMPLATES, service)
        for folder, _, entries in os.walk(root):
            for entry in entries:
                source = os.path.join(folder, entry)
                with open(source, encoding="utf-8") as file:
                    try:
                        text = template.render(file.read(), names)
                    except template.TemplateError as error:
                        raise template.TemplateError(f"{source}: {error}") from None
                files["/" + os.path.relpath(source, root)] = text
    return files


def _certificates(authority, host, folder):
    certificate, key = authority.pair(host["name"])
    sources = {"ca.crt": authority.certificate, "host.crt": certificate, "host.key": key}
    return {f"{folder}/{name}": _text(source) for name, source in sources.items()}


def _text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _archive(files, path):
    with open(os.path.join(TEMPLATES, "owners.toml"), "rb") as file:
        owners = tomllib.load(file)
    # The archive contains passwords.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for folder in sorted({os.path.dirname(name) for name in files} - _SYSTEM_FOLDERS):
                entry = tarfile.TarInfo(folder.lstrip("/"))
                entry.type = tarfile.DIRTYPE
                entry.uname = entry.gname = "root"
                entry.mode = 0o755
                archive.addfile(entry)
            for name, text in sorted(files.items()):
                owner, mode = owners.get(name, ["root", "644"])
                entry = tarfile.TarInfo(name.lstrip("/"))
                entry.uname = entry.gname = owner
                entry.mode = int(mode, 8)
                content = text.encode()
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
