"""All hosts of the lab: starts them, repairs them and asks for their state."""

import glob
import ipaddress
import os
import subprocess
import sys

from rendering import bundle, inventory

from . import facts
from .host import Host
from .place import HERE


class Cluster:
    """The cluster in a lab. All methods are called inside the lab's namespaces."""

    def __init__(self, root):
        self.root = root
        self.inventory = inventory.load(
            os.path.join(HERE, "..", "inventory.toml"), os.path.join(HERE, "overlay.toml"))
        settings = self.inventory["cluster"]
        self.virtual_address = settings["virtual_address"]
        self.scope = settings["scope"]
        self.stanza = settings["stanza"]
        self.database = settings["database"]
        self.hosts = [Host(root, described, settings) for described in self.inventory["host"]]
        self.members = self.that_run("postgres")
        self.repository = self.that_run("repository")[0]
        self.client = self.that_run("reportgen")[0]

    def that_run(self, service):
        """The hosts with this service."""
        return [host for host in self.hosts if service in host.runs]

    def host(self, name):
        """The host of this name."""
        for host in self.hosts:
            if host.name == name:
                return host
        raise KeyError(f'no host is named "{name}"; there are {", ".join(host.name for host in self.hosts)}')

    # Up

    def up(self):
        """Starts a new cluster with a leader, a streaming replica and a stanza. Takes a few seconds."""
        network = ipaddress.ip_network(self.inventory["cluster"]["network"])
        subprocess.run(
            ["ip", "address", "add", f"{network[1]}/{network.prefixlen}", "dev", "bridge0"], check=True)
        for host, archive in zip(self.hosts, self.render()):
            host.install(archive)
        for host in self.that_run("etcd"):
            host.start("etcd")
            # One after another: a member that listens before it serves delays each of its peers by a second.
            facts.wait(f"etcd on {host.name}", lambda host=host: facts.get(
                f"http://{host.address}:2381/metrics", 0.1)[0] == 200, pause=0.005)
        facts.wait("a quorum of etcd", lambda: any(map(facts.etcd_serves, self.that_run("etcd"))), pause=0.02)
        for host in [*self.members, self.repository]:
            host.start("pgbackrest")
        first, *others = self.members
        first.start("patroni")
        # The first leader is always the first member.
        version = os.path.join(first.database_disk, "*", "*", "PG_VERSION")
        facts.wait("the first member's database", lambda: glob.glob(version), pause=0.01)
        for member in others:
            member.start("patroni")
        for member in self.members:
            member.start("vip-manager")
        facts.wait("a leader", self.leader)
        stanza = subprocess.Popen(
            self.repository.enter(["sh", "-c", f"pgbackrest --stanza={self.stanza} stanza-create"], "postgres"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")
        self.wait_until_whole()
        if stanza.wait(timeout=60):
            raise OSError(f"could not create the stanza: {stanza.stdout.read()}")

    def render(self, renew=(), days=None):
        """Renders the files. Returns the path of each host's archive.

        - Parameter days: how long renewed certificates are valid, in place of the inventory's.
        """
        secrets = self.inventory["secrets"]
        values = {**self.inventory, "secrets": {**secrets, "certificate_days": days or secrets["certificate_days"]}}
        return bundle.write(values, os.path.join(self.root, "secrets"), os.path.join(self.root, "files"), renew)

    def repair(self, limit=60.0):
        """Restores power, cables, disks and services, then waits until the cluster is healthy."""
        for host in self.hosts:
            host.boot()
            host.plug_cable()
        for member in self.members:
            member.resize_disk(None)
        for host in self.that_run("etcd"):
            host.start("etcd")
        self.repository.start("pgbackrest")
        for member in self.members:
            member.start("pgbackrest")
            member.start("patroni")
            member.start("vip-manager")
        self.wait_until_whole(limit)

    def wait_until_whole(self, limit=60.0):
        """Waits until every member follows one leader, which has the virtual address."""
        facts.wait("every member to stream from one leader", self.is_whole, limit)
        facts.wait("the virtual address", lambda: self.holders() == [self.leader()], limit)

    def print_logs(self, *services):
        """Prints the last log lines of these services, or of all, to standard error, before the lab is removed."""
        for host in self.hosts:
            for service in services or ("boot", "etcd", "patroni", "vip-manager", "pgbackrest"):
                for line in host.log_tail(service):
                    print(f"{host.name} {service}: {line.rstrip()}", file=sys.stderr)

    # Facts

    def leader(self):
        """The member that holds the leader key and accepts writes, or None."""
        leaders = [member for member in self.members if facts.patroni(member, "/primary")[0] == 200]
        return leaders[0] if len(leaders) == 1 else None

    def replica(self):
        """The first member that is a running replica, or None."""
        for member in self.members:
            if facts.patroni(member, "/replica")[0] == 200:
                return member
        return None

    def holders(self):
        """The hosts that have the virtual address; for a short time two, when one of them is cut off."""
        return [member for member in self.members if member.has_address(self.virtual_address)]

    def is_whole(self):
        """Whether there is one leader, and all other members stream from it on its timeline."""
        leader = self.leader()
        if not leader:
            return False
        said = facts.described(leader)
        streaming = {
            connection["application_name"] for connection in said.get("replication", ())
            if connection["state"] == "streaming"}
        for member in self.members:
            if member is leader:
                continue
            own = facts.described(member)
            if (member.name not in streaming or own.get("state") not in ("running", "streaming")
                    or own.get("timeline") != said.get("timeline") or facts.patroni(member, "/replica")[0] != 200):
                return False
        return True

