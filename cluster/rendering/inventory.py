"""Reads the inventory: the TOML file, overlays that replace values, and the values that are computed from them."""

import ipaddress
import tomllib

from . import shape


class InventoryError(Exception):
    """An inventory with keys that nothing reads, or with values that are wrong or contradict each other."""


def load(path, *overlays):
    """Reads an inventory. Overlays replace single values and whole lists."""
    values = _read(path, shape.SHAPE, whole=True)
    for overlay in overlays:
        _lay_over(values, _read(overlay, {**shape.SHAPE, "more_hosts": shape.SHAPE["host"]}, whole=False))
    values["host"] += values.pop("more_hosts", [])
    _check(values)
    return values


def hosts_that_run(values, service):
    """The hosts with a service. pgBackRest runs on PostgreSQL's hosts, the repository and the host for restores; "control"
    are those with a certificate for etcd."""
    also = {
        "pgbackrest": ("postgres", "repository", "restore"), "control": ("etcd", "postgres"),
    }.get(service, (service,))
    return [host for host in values["host"] if set(also) & set(host["runs"])]


def named(values, names):
    """The names of these hosts, with "all" for every host. Raises InventoryError for a name that no host has."""
    known = [host["name"] for host in values["host"]]
    for name in names:
        if name not in (*known, "all"):
            raise InventoryError(f'no host is named "{name}"; the hosts are {", ".join(known)}')
    return known if "all" in names else names


def for_host(values, host):
    """The values that templates use for one host."""
    cluster = values["cluster"]
    def on(service):
        return [_described(member, cluster) for member in hosts_that_run(values, service)]

    members = [dict(member, number=number) for number, member in enumerate(on("postgres"), 1)]
    settings = values["postgres"]
    return {
        **values,
        "cluster": {**cluster, "virtual_at": _at(cluster["virtual_address"])},
        "host": _described(host, cluster),
        "is": {service: service in host["runs"] for service in shape.SERVICES},
        "on": {service: on(service) for service in shape.SERVICES},
        "members": members,
        "repository": on("repository")[0],
        "listen_all": "0.0.0.0" if ipaddress.ip_network(cluster["network"]).version == 4 else "*",
        "virtual_pgpass": _pgpass(cluster["virtual_address"]),
        "stores": [_store(values, store, number) for number, store in enumerate(values["pgbackrest"]["repository"], 1)],
        "leader_key": f'{cluster["namespace"]}{cluster["scope"]}/leader',
        "data": settings.get("data") or f'/var/lib/postgresql/{cluster["postgresql"]}/{cluster["scope"]}',
        "icu_locale": settings.get("icu_locale", ""),
        "log_directory": settings.get("log_directory", ""),
        "etcd_members": ",".join(f'{peer["name"]}=https://{peer["at"]}:2380' for peer in on("etcd")),
        "etcd_clients": ",".join(f'{peer["at"]}:2379' for peer in on("etcd")),
        "postgres_addresses": ",".join(member["address"] for member in members),
        "old_etcd": values["etcd"]["api"] == 2,
        "watched": values["patroni"]["watchdog"] != "off",
        "parameters": [
            # Numbers are written plainly; everything else is quoted, in YAML and for PostgreSQL.
            {"name": name, "value": value if isinstance(value, int) else f'"{value}"'}
            for name, value in {**_for_memory(settings), **settings["parameters"]}.items()
        ],
    }


def _described(host, cluster):
    """A host with what its address is called in URLs ("at") and in pg_hba ("bits"), and its interface."""
    return {
        **host, "at": _at(host["address"]), "bits": ipaddress.ip_address(host["address"]).max_prefixlen,
        "interface": host.get("interface") or cluster["interface"], "pgpass": _pgpass(host["address"])}


def _at(address):
    return f"[{address}]" if ":" in address else address


def _pgpass(address):
    return address.replace(":", "\\:")


def _for_memory(settings):
    """The settings that follow from the memory that PostgreSQL has for itself; single ones can be given besides."""
    if "memory" not in settings:
        return {}
    units = {"kB": 1, "MB": 1 << 10, "GB": 1 << 20, "TB": 1 << 30}
    kilobytes = int(settings["memory"][:-2]) * units[settings["memory"][-2:]]
    connections = settings["parameters"].get("max_connections", 100)
    return {
        "shared_buffers": f"{kilobytes // 4}kB", "effective_cache_size": f"{kilobytes * 3 // 4}kB",
        "maintenance_work_mem": f"{min(kilobytes // 16, 2 << 20)}kB",
        # A sort or a hash of every second connection at the same time.
        "work_mem": f"{max(4 << 10, kilobytes // 4 // max(connections // 2, 1))}kB",
    }


def passwords(values):
    """The names of all generated passwords."""
    stores = enumerate(values["pgbackrest"]["repository"], 1)
    return [*values["secrets"]["passwords"], *(f"repository{number}" for number, store in stores if store["encrypted"])]


def _store(values, store, number):
    """A repository of pgBackRest, with its secrets. The keys of an S3-compatible store are its owner's to give."""
    known = values["password"]
    made = {**store, "number": number, "passphrase": known.get(f"repository{number}"), "s3": []}
    if store["type"] == "s3":
        names = [f"repository{number}_key", f"repository{number}_key_secret"]
        for name in names:
            if name not in known:
                raise InventoryError(f'secret "{name}" is missing: write {name} = "…" into passwords.toml of the secrets')
        made["s3"] = [{
            "uri_style": "host", **store, "key": known[names[0]], "key_secret": known[names[1]]}]
    return made


def _read(path, wanted, whole):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InventoryError(f"{path}: {error}") from None
    found = [
        f"{path}:{line}: {message}" + (f"\n  hint: {hint}" if hint else "")
        for line, message, hint in shape.faults(values, text, wanted, whole)]
    if found:
        raise InventoryError("\n".join(found))
    return values


def _lay_over(values, overlay):
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(values.get(key), dict):
            _lay_over(values[key], value)
        else:
            values[key] = value


def _check(values):
    network = ipaddress.ip_network(values["cluster"]["network"])
    addresses = [host["address"] for host in values["host"]] + [values["cluster"]["virtual_address"]]
    for address in addresses:
        if ipaddress.ip_address(address) not in network:
            raise InventoryError(f"address {address} is not in network {network}")
    for kind, names in ("address", addresses), ("name", [host["name"] for host in values["host"]]):
        if len(set(names)) < len(names):
            raise InventoryError(f"two hosts have the same {kind}")
    if len(hosts_that_run(values, "etcd")) % 2 == 0:
        raise InventoryError("etcd must have an odd number of members")
    if values["patroni"]["synchronous"] and values["patroni"]["nosync"]:
        raise InventoryError("patroni.synchronous needs a member that may be synchronous: set patroni.nosync to false")
    for service, least in ("postgres", 2), ("repository", 1):
        if len(hosts_that_run(values, service)) < least:
            raise InventoryError(f'too few hosts run "{service}"')
