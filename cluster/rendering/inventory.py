"""Reads the inventory: the TOML file, overlays that replace values, and the values that are computed from them."""

import ipaddress
import tomllib


class InventoryError(Exception):
    """An inventory whose values contradict each other."""


def load(path, *overlays):
    """Reads an inventory. Overlays replace single values and whole lists."""
    values = _read(path)
    for overlay in overlays:
        _lay_over(values, _read(overlay))
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
    services = ("etcd", "postgres", "repository", "restore", "reportgen", "superset")
    etcd = hosts_that_run(values, "etcd")
    postgres = [
        dict(member, number=number) for number, member in enumerate(hosts_that_run(values, "postgres"), 1)
    ]
    return {
        **values,
        "host": host,
        "is": {service: service in host["runs"] for service in services},
        "on": {service: hosts_that_run(values, service) for service in services},
        "members": postgres,
        "repository": hosts_that_run(values, "repository")[0],
        "stores": [_store(values, store, number) for number, store in enumerate(values["pgbackrest"]["repository"], 1)],
        "leader_key": f'{cluster["namespace"]}{cluster["scope"]}/leader',
        "data": f'/var/lib/postgresql/{cluster["postgresql"]}/{cluster["scope"]}',
        "etcd_members": ",".join(f'{peer["name"]}=https://{peer["address"]}:2380' for peer in etcd),
        "etcd_clients": ",".join(f'{peer["address"]}:2379' for peer in etcd),
        "postgres_addresses": ",".join(member["address"] for member in postgres),
        "old_etcd": values["etcd"]["api"] == 2,
        "watched": values["patroni"]["watchdog"] != "off",
        "parameters": [
            # Numbers are written plainly; everything else is quoted, in YAML and for PostgreSQL.
            {"name": name, "value": value if isinstance(value, int) else f'"{value}"'}
            for name, value in values["postgres"]["parameters"].items()
        ],
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


def _read(path):
    with open(path, "rb") as file:
        try:
            return tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise InventoryError(f"{path}: {error}") from None


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
    for service, least in ("postgres", 2), ("repository", 1):
        if len(hosts_that_run(values, service)) < least:
            raise InventoryError(f'too few hosts run "{service}"')
    if values["etcd"]["api"] not in (2, 3):
        raise InventoryError("etcd.api must be 2 or 3")
