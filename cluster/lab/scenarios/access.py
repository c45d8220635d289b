"""Which roles and hosts reach which of the cluster's doors, and what they may do there."""

import json
import os
import signal

from rendering import passwords

from .. import facts
from . import scenario


@scenario(limit=45, statuses=(0,))
def strangers(trial):
    """etcd, Patroni, pgBackRest and PostgreSQL open only to the hosts and roles that need them, which have only their own
    rights; a run has every right that it needs; and all of them take renewed certificates without a restart."""
    trial.start_run()
    trial.outcome()
    for host, role, database, sql, wanted in _cases(trial.cluster):
        said = _psql(trial.cluster, host, role, database, sql)
        if wanted != "no pg_hba.conf entry":
            plain = _psql(trial.cluster, host, role, database, sql, "disable")
            trial.expect("no encryption" in plain, f"{role} on {host.name} without TLS: {plain.strip()}")
        trial.expect(wanted in said, f'{role} on {host.name}, "{sql}": {said.strip()}')
    _knock_at_etcd(trial)
    _knock_at_patroni(trial)
    _knock_at_pgbackrest(trial)
    _renew(trial)


_STORE = "select count(*) > 0 from purchasesschema.purchases"
_TABLE = "select count(*) > 0 from reports.sales_daily"


def _cases(cluster):
    """Host, role, database, statement, and a text that psql's output must contain."""
    home, away = cluster.client, cluster.that_run("restore")[0]
    member = cluster.replica()
    shop, refused = cluster.database, "no pg_hba.conf entry"
    return [
        (home, "superset", shop, _TABLE, "t"),
        (home, "superset", shop, "select count(*) > 0 from reportgen.report_health", "t"),
        (home, "superset", shop, _STORE, "permission denied"),
        (home, "superset", shop, "create table public.mine ()", "permission denied"),
        (home, "superset", "postgres", "select 1", refused),
        (home, "reportgen_reader", shop, _STORE, "t"),
        (home, "reportgen_reader", shop, "delete from reports.sales_daily", "read-only transaction"),
        (home, "reportgen_reader", shop, "begin read write; delete from reports.sales_daily", "permission denied"),
        (home, "reportgen_writer", shop, _TABLE, "permission denied"),
        (home, "reportgen_writer", shop, "set role reportgen_owner; " + _STORE, "permission denied"),
        (home, "postgres", shop, "select 1", refused),
        (home, "replicator", shop, "select 1", refused),
        (home, "rewind_user", "postgres", "select 1", refused),
        *((host, role, shop, "select 1", refused) for host in (away, member)
          for role in ("postgres", "reportgen_reader", "reportgen_writer", "superset")),
        (away, "rewind_user", "postgres", "select 1", refused),
    ]


def _psql(cluster, host, role, database, sql, tls="verify-full"):
    """The output of psql on a host, connected to the virtual address with the role's password."""
    password = passwords.load(os.path.join(cluster.root, "secrets"), [])[role]
    return host.run(
        ["env", f"PGPASSWORD={password}", "PGCONNECT_TIMEOUT=5", f"PGSSLMODE={tls}",
         f"PGSSLROOTCERT={cluster.root}/secrets/ca.crt", "psql", "-XAtq", "-h", cluster.virtual_address,
         "-U", role, "-d", database, "-c", sql], check=False)


# Certificates of a host, by who signed them.
_HOST, _CONTROL = "/etc/pgbackrest", "/etc/etcd"
# For each request, the status of its response with these certificates (or none), or why there is no response. Does not
# verify the server: only the server's own check counts.
_CLOSED = ""  # no response
_KNOCK = """
import json, ssl, sys, urllib.error, urllib.request
for method, url, folder, body in json.loads(sys.argv[1]):
    context = ssl._create_unverified_context()
    if folder:
        context.load_cert_chain(folder + "/host.crt", folder + "/host.key")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        print(opener.open(urllib.request.Request(url, body and body.encode(), method=method), timeout=5).status)
    except urllib.error.HTTPError as error:
        print(error.code)
    except OSError as error:
        print(error)
"""


def _knock(trial, host, *requests):
    """Sends requests from a host; each is method, URL, folder of certificates, body, and the wanted status."""
    said = host.run(
        ["/usr/bin/python3", "-c", _KNOCK, json.dumps([request[:4] for request in requests])], check=False).splitlines()
    for (method, url, folder, _, wanted), answer in zip(requests, said, strict=True):
        trial.expect(
            wanted == answer if wanted else not answer.isdigit(),
            f"{method} {url} on {host.name} with the certificate of {folder}: {answer}")


def _knock_at_etcd(trial):
    """Whoever writes here has every command executed on the leader, as archive_command."""
    cluster = trial.cluster
    members = cluster.that_run("etcd")
    for host in cluster.hosts:
        _knock(trial, host, *(request for member in members for request in (
            ("PUT", f"https://{member.address}:2379/v2/keys/stranger", None, "value=1", _CLOSED),
            ("PUT", f"https://{member.address}:2379/v2/keys/stranger", _HOST, "value=1", _CLOSED),
            ("PUT", f"http://{member.address}:2379/v2/keys/stranger", None, "value=1", _CLOSED),
            ("PUT", f"http://{member.address}:2381/v2/keys/stranger", None, "value=1", "404"),
            ("GET", f"https://{member.address}:2380/members", None, None, _CLOSED),
            ("GET", f"https://{member.address}:2380/members", _HOST, None, _CLOSED))))
    # The same request is obeyed when it comes with a certificate of the control authority.
    _knock(trial, cluster.client, *(request for member in members for request in (
        ("PUT", f"https://{member.address}:2379/v2/keys/stranger", _CONTROL, "value=1", "201"),
        ("DELETE", f"https://{member.address}:2379/v2/keys/stranger", _CONTROL, None, "200"),
        ("GET", f"https://{member.address}:2380/members", _CONTROL, None, "200"))))
    for hosts, folder, owner in (members, _CONTROL, "etcd"), (cluster.members, "/etc/patroni/control", "postgres"):
        for host in hosts:
            for user in ("etcd", "postgres", "nobody"):
                said = host.run(["cat", folder + "/host.key"], user, check=False)
                trial.expect(
                    ("PRIVATE KEY" in said) == (user == owner), f"{user} on {host.name} and {folder}/host.key: {said}")


def _knock_at_patroni(trial):
    """Whoever changes something here needs a certificate of the control authority, and the password besides."""
    cluster = trial.cluster
    for host in cluster.hosts:
        _knock(trial, host, *(request for member in cluster.members for request in (
            ("GET", f"https://{member.address}:8008/health", None, None, "200"),
            ("POST", f"https://{member.address}:8008/restart", None, "{}", "403"),
            ("PATCH", f"https://{member.address}:8008/config", None, "{}", "403"),
            ("POST", f"https://{member.address}:8008/restart", _HOST, "{}", _CLOSED),
            ("POST", f"http://{member.address}:8008/restart", None, "{}", _CLOSED))))
    _knock(trial, cluster.client, *(
        ("POST", f"https://{member.address}:8008/restart", _CONTROL, "{}", "401") for member in cluster.members))


def _knock_at_pgbackrest(trial):
    """The repository's host asks the members, and they ask it; a member asks no other, a stranger nobody."""
    cluster = trial.cluster
    repository, away = cluster.repository, cluster.that_run("restore")[0]
    first, second = cluster.members[:2]
    # A certificate that names a member, signed by nobody.
    away.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
              f"/CN={first.name}", "-keyout", "/run/postgresql/key", "-out", "/run/postgresql/certificate"], "postgres")
    forged = ["--repo1-host-cert-file=/run/postgresql/certificate", "--repo1-host-key-file=/run/postgresql/key"]
    refused = "access denied"
    for host, server, options, wanted in (
            (away, repository, (), "status: "), (first, repository, (), "status: "), (first, second, (), refused),
            (away, first, (), refused), (away, repository, forged, "unknown ca"), (away, first, forged, "unknown ca")):
        said = host.run(
            ["pgbackrest", *options, f"--stanza={cluster.stanza}", f"--repo1-host={server.address}", "info"], "postgres",
            check=False)
        trial.expect(wanted in said, f"pgbackrest {options} of {host.name} asks {server.name}: {said.strip()}")


def _renew(trial):
    """Renews all certificates as in docs/cluster.md, "Planned work": with 20 days, which doctor warns of, and again."""
    trial.fault()
    for days, level in (20, "warning"), (None, "ok"):
        _renew_once(trial, days)
        told = trial.command("doctor", "--format", "json", statuses=(0, 1)).document()
        told = {finding["subject"]: finding["level"] for finding in told or [] if finding["area"] == "certificates"}
        servers = [server for server in told if "://" in server]
        members = [f"postgres://{member.address}:5432" for member in trial.cluster.members]
        trial.expect(len(servers) == 8 and any(member in servers for member in members), f"doctor looked at {told}")
        trial.expect({told[server] for server in servers} == {level}, f"of {days} days doctor said: {told}")
    trial.note("renewed twice")
    _knock_at_etcd(trial)


def _renew_once(trial, days):
    cluster = trial.cluster
    before = _serials(cluster)
    for host, archive in zip(cluster.hosts, cluster.render([host.name for host in cluster.hosts], days)):
        host.unpack(archive)
    for host in cluster.hosts:
        host.kill("pgbackrest", "patroni", number=signal.SIGHUP)
        host.kill("vip-manager")
    for member in cluster.members:
        member.start("vip-manager")
    facts.wait("new certificates", lambda: all(
        "serial=" in new and new != old for old, new in zip(before, _serials(cluster))))


def _serials(cluster):
    """The serial numbers of the certificates that all servers show."""
    doors = [(member, "5432", ["-starttls", "postgres"]) for member in cluster.members]
    doors += [(member, "8008", []) for member in cluster.members]
    doors += [(host, "8432", []) for host in (cluster.repository, *cluster.members)]
    doors += [(host, port, []) for host in cluster.that_run("etcd") for port in ("2379", "2380")]
    said = [host.run(["sh", "-c", f"openssl s_client {' '.join(options)} -connect {host.address}:{port} </dev/null 2>/dev/null |"
                      " openssl x509 -noout -serial"], check=False) for host, port, options in doors]
    return [f"{host.name}:{port} {text.strip()}" for (host, port, _), text in zip(doors, said)]
