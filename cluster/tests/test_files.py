"""Tests of the files that are rendered from the inventory, with and without the lab's overlay."""

import base64
import hashlib
import hmac
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
import unittest

from lab import scenarios, table
from lab.units import Unit
from rendering import bundle, inventory, passwords

CLUSTER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INVENTORY = os.path.join(CLUSTER, "inventory.toml")
OVERLAY = os.path.join(CLUSTER, "lab", "overlay.toml")
PROJECT = os.path.dirname(CLUSTER)


def make(folder, *overlays):
    """Renders the files: host -> path -> (owner, mode, text)."""
    values = inventory.load(INVENTORY, *overlays)
    made = {}
    for path in bundle.write(values, os.path.join(folder, "secrets"), os.path.join(folder, "out")):
        with tarfile.open(path) as archive:
            made[os.path.basename(path).removesuffix(".tar")] = {
                "/" + entry.name: (entry.uname, entry.mode, archive.extractfile(entry).read().decode())
                for entry in archive if entry.isfile()}
    return made


class FileTests(unittest.TestCase):
    """The files are rendered once; each test checks one property."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.hosts = make(cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_rendering_twice_gives_the_same_files(self):
        self.assertEqual(make(self.folder), self.hosts)

    def test_a_host_has_only_the_files_of_its_services(self):
        self.assertEqual(sorted(self.hosts), ["pg0", "pg1", "pgbackrest"])
        self.assertEqual(set(self.hosts["pg0"]), set(self.hosts["pg1"]))
        here = {path for files in self.hosts.values() for path in files}
        self.assertEqual(here - set(self.hosts["pg0"]), {
            "/etc/postgresql-common/pg_service.conf", "/etc/reportgen/environment", "/etc/reportgen/pgpass",
            "/etc/reportgen/root.crt", "/etc/superset/database-uri", "/etc/superset/root.crt", "/etc/systemd/system/pgbackrest-backup@.service",
            "/etc/systemd/system/pgbackrest-backup@full.timer", "/etc/systemd/system/pgbackrest-backup@diff.timer",
            "/etc/systemd/system/pgbackrest-restore-test.service", "/etc/systemd/system/pgbackrest-restore-test.timer",
            "/etc/systemd/system/cluster-failure@.service", "/etc/pgbackrest/backup", "/etc/pgbackrest/failed",
            "/etc/pgbackrest/restore-test", "/etc/pgbackrest/restore-test.conf"})
        self.assertNotIn("/etc/patroni/config.yml", self.hosts["pgbackrest"])

    def test_archives_contain_our_own_folders_with_mode_755_and_no_system_folders(self):
        with tarfile.open(os.path.join(self.folder, "out", "pgbackrest.tar")) as archive:
            folders = {entry.name: entry.mode for entry in archive if entry.isdir()}
        self.assertEqual(folders, dict.fromkeys(["etc/etcd", "etc/pgbackrest", "etc/reportgen", "etc/superset"], 0o755))

    def test_only_the_owner_can_read_a_file_with_a_password_or_a_key(self):
        known = passwords.load(os.path.join(self.folder, "secrets"), [])
        found = 0
        for files in self.hosts.values():
            for path, (owner, mode, text) in files.items():
                if any(password in text for password in known.values()) or "PRIVATE KEY" in text:
                    found += 1
                    self.assertEqual((mode, owner != "root"), (0o600, True), path)
        self.assertEqual(found, 14)

    def test_owners_toml_names_rendered_files_only(self):
        with open(os.path.join(bundle.TEMPLATES, "owners.toml"), "rb") as file:
            owned = set(tomllib.load(file))
        self.assertEqual(owned - {path for files in self.hosts.values() for path in files}, set())

    def test_sql_files_contain_verifiers_instead_of_passwords(self):
        for path in "/etc/patroni/post-bootstrap.sql", "/etc/patroni/logins.sql":
            text = self.hosts["pg0"][path][2]
            secrets = re.findall(r"password '([^']*)'", text)
            self.assertGreaterEqual(len(secrets), 2)
            for secret in secrets:
                self.assertRegex(secret, r"^SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$")

    def test_a_verifier_agrees_with_rfc_7677(self):
        # The example of the RFC, whose proof is computed from these two keys.
        salted = hashlib.pbkdf2_hmac("sha256", b"pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)
        message = (b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                   b"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        server = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        self.assertEqual(base64.b64encode(server), b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        made = passwords.verifier("anybody", "pencil")
        salt, keys = made.split(":", 1)[1].split("$")
        salted = hashlib.pbkdf2_hmac("sha256", b"pencil", base64.b64decode(salt), 4096)
        self.assertEqual(base64.b64decode(keys.split(":")[1]), hmac.digest(salted, b"Server Key", "sha256"))

    def test_pg_hba_names_every_role_and_requires_passwords_over_the_network(self):
        text = self.hosts["pg0"]["/etc/patroni/config.yml"][2]
        rules = re.search(r"pg_hba:\n((?:  [-#].*\n)+)", text)[1]
        rules = [line.split()[1:] for line in rules.splitlines() if line.startswith("  - ")]
        self.assertGreater(len(rules), 8)
        for rule in rules:
            if rule[0] != "local":
                self.assertEqual(rule[0], "hostssl")
                self.assertEqual(rule[-1], "scram-sha-256")
                self.assertNotIn("all", rule[1:3])
                self.assertNotIn("postgres", rule[2].split(","))
            else:
                self.assertIn(rule, [["local", "all", "postgres", "peer"],
                                     ["local", "replication", "replicator", "scram-sha-256"]])

    def test_version_3_of_etcds_api_changes_two_files(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as overlay:
            overlay.write("[etcd]\napi = 3\n")
            overlay.flush()
            newer = make(self.folder, overlay.name)["pg0"]
        older = self.hosts["pg0"]
        self.assertIn("\netcd:\n", older["/etc/patroni/config.yml"][2])
        self.assertIn("\netcd3:\n", newer["/etc/patroni/config.yml"][2])
        self.assertIn("ETCD_ENABLE_V2=true\n", older["/etc/default/etcd"][2])
        self.assertNotIn("ENABLE_V2", newer["/etc/default/etcd"][2])
        self.assertEqual({path for path in older if older[path] != newer[path]},
                         {"/etc/patroni/config.yml", "/etc/default/etcd"})

    def test_ipv6_addresses_stand_in_brackets_where_a_port_follows(self):
        with open(INVENTORY, encoding="utf-8") as file:
            text = file.read().replace("192.168.88.0/24", "fd00:88::/64").replace("192.168.88.", "fd00:88::").replace(
                "prefix_length = 24", "prefix_length = 64")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "inventory.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            values = inventory.load(path)
            bundle.write(values, os.path.join(folder, "secrets"), os.path.join(folder, "out"))
            found = 0
            for host in "pg0", "pgbackrest":
                with tarfile.open(os.path.join(folder, "out", host + ".tar")) as archive:
                    for entry in filter(tarfile.TarInfo.isfile, archive):
                        text = archive.extractfile(entry).read().decode()
                        found += len(re.findall(r"\[fd00:88::\w+\]:\d", text))
                        self.assertEqual(re.findall(r".*[^\[]fd00:88::\w+:\d+.*", text), [], entry.name)
                        if entry.name.endswith("pgpass"):
                            self.assertIn("fd00\\:88\\:\\:123:5432:", text)
                        if entry.name.endswith("config.yml"):
                            self.assertIn("fd00:88::65/128 scram", text)
                            self.assertIn('listen: "*:5432"', text)
            self.assertGreater(found, 20)

    def test_values_of_a_host_and_of_postgresql_reach_their_files(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as overlay:
            overlay.write(
                '[postgres]\nmemory = "16GB"\nicu_locale = "ru-RU"\nlog_directory = "/srv/log"\ndata = "/srv/data"\n'
                '[postgres.parameters]\nmax_connections = 400\neffective_cache_size = "9GB"\n'
                '[[more_hosts]]\nname = "pg2"\naddress = "192.168.88.66"\nruns = ["postgres"]\ninterface = "bond0"\n'
                '[[pgbackrest.repository]]\ntype = "posix"\npath = "/a"\nencrypted = false\nkeep_full_days = 9\n'
                'keep_differential = 8\n[[pgbackrest.repository]]\ntype = "s3"\npath = "/b"\nencrypted = true\n'
                'keep_full_days = 35\nkeep_differential = 7\nbucket = "shop"\nendpoint = "s3.example.com"\nregion = "x"\n')
            overlay.flush()
            with tempfile.TemporaryDirectory() as folder:
                with self.assertRaisesRegex(inventory.InventoryError, '^secret "repository2_key" is missing: '):
                    make(folder, overlay.name)
                with open(os.path.join(folder, "secrets", "passwords.toml"), "a", encoding="utf-8") as file:
                    file.write('repository2_key = "K"\nrepository2_key_secret = "S"\n')
                made = make(folder, overlay.name)
        text = made["pg2"]["/etc/patroni/config.yml"][2]
        for line in ('shared_buffers: "4194304kB"', 'effective_cache_size: "9GB"', 'work_mem: "20971kB"',
                     'maintenance_work_mem: "1048576kB"', "- locale-provider: icu", "- icu-locale: ru-RU",
                     'logging_collector: "on"', "log_directory: /srv/log", "data_dir: /srv/data"):
            self.assertIn(line + "\n", text)
        self.assertIn("interface: bond0\n", made["pg2"]["/etc/vip-manager.yml"][2])
        self.assertIn("interface: eth0\n", made["pg0"]["/etc/vip-manager.yml"][2])
        for path in "/etc/pgbackrest.conf", "/etc/pgbackrest/restore-test.conf":
            text = made["pgbackrest"][path][2]
            self.assertNotIn("repo1-cipher", text)
            for line in ("repo1-path=/a", "repo2-type=s3", "repo2-s3-bucket=shop", "repo2-s3-uri-style=host",
                         "repo2-s3-key=K", "repo2-s3-key-secret=S", "repo2-cipher-type=aes-256-cbc"):
                self.assertIn(line + "\n", text)
        self.assertIn("repo2-retention-full=35\n", made["pgbackrest"]["/etc/pgbackrest.conf"][2])
        # Members reach both through the repository's host, and have no key.
        self.assertIn("repo2-host=192.168.88.60\n", made["pg0"]["/etc/pgbackrest.conf"][2])
        self.assertNotIn("s3", made["pg0"]["/etc/pgbackrest.conf"][2])
        self.assertIn("pg1-path=/srv/data\n", made["pg0"]["/etc/pgbackrest.conf"][2])

    def test_the_lab_changes_times_and_sizes_but_no_path(self):
        with tempfile.TemporaryDirectory() as folder:
            lab = make(folder, OVERLAY)
        for host, files in self.hosts.items():
            self.assertEqual(set(files), set(lab[host]))
            for path, (owner, mode, text) in files.items():
                self.assertEqual((owner, mode), lab[host][path][:2])
                paths = re.compile(r"/(?:etc|run|usr|var)/[\w./@-]+")
                there = paths.findall(lab[host][path][2])
                if not path.startswith("/etc/pgbackrest"):  # the lab has a second repository
                    self.assertEqual(paths.findall(text), there, path)
                self.assertLessEqual(set(paths.findall(text)), set(there), path)

    def test_reportgen_yaml_names_the_rendered_services(self):
        text = self.hosts["pgbackrest"]["/etc/postgresql-common/pg_service.conf"][2]
        services = set(re.findall(r"^\[(.*)\]$", text, re.M))
        with open(os.path.join(PROJECT, "reportgen.yaml"), encoding="utf-8") as file:
            named = set(re.findall(r"service=(cluster-\S+)", file.read()))
        self.assertEqual(named, services)

    def test_units_are_read_as_systemd_reads_them(self):
        with tempfile.TemporaryDirectory() as etc:
            system = os.path.join(etc, "systemd", "system")
            os.makedirs(os.path.join(system, "thing@.service.d"))
            os.makedirs(os.path.join(etc, "default"))
            for path, text in {
                "systemd/system/thing@.service":
                    "[Service]\nUser=nobody\nEnvironment=WORDS=\nEnvironmentFile=-/etc/default/%p\n"
                    "EnvironmentFile=-/etc/default/none\nExecStart=/bin/thing $WORDS --of=${WORDS} %i %H\n",
                "systemd/system/thing@.service.d/more.conf": "[Service]\nEnvironment=MORE=1\n",
                "default/thing": "# a comment\nWORDS=\"a b\"\n",
            }.items():
                with open(os.path.join(etc, path), "w", encoding="utf-8") as file:
                    file.write(text)
            unit = Unit("thing@full", etc, "pg0")
        self.assertEqual(unit.argv(), ["/bin/thing", "a", "b", "--of=a b", "full", "pg0"])
        self.assertEqual((unit.user, unit.environment), ("nobody", {"WORDS": "a b", "MORE": "1"}))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_systemd_parses_the_schedule(self):
        for path, (_, __, text) in self.hosts["pgbackrest"].items():
            if path.endswith(".timer"):
                calendar = re.search(r"^OnCalendar=(.*)$", text, re.M)[1]
                done = subprocess.run(
                    ["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, f"{path}: {done.stderr}")


    @unittest.skipUnless(shutil.which("systemd-analyze") and shutil.which("pgbackrest"),
                         "systemd-analyze or pgbackrest is not installed")
    def test_systemd_verifies_the_units(self):
        with tempfile.TemporaryDirectory() as folder:
            files = self.hosts["pgbackrest"]
            # systemd looks for the programs that the units start.
            programs = {
                path: os.path.join(folder, os.path.basename(path)) for path, (_, mode, __) in files.items() if mode & 0o111}
            for path, (_, mode, text) in files.items():
                if path in programs or path.startswith("/etc/systemd/system/"):
                    for program, copy in programs.items():
                        text = text.replace(program, copy)
                    with open(os.path.join(folder, os.path.basename(path)), "w", encoding="utf-8") as file:
                        file.write(text)
                    os.chmod(file.name, mode)
            units = [os.path.join(folder, name) for name in (
                "pgbackrest-backup@full.timer", "pgbackrest-backup@diff.timer", "pgbackrest-restore-test.timer",
                "cluster-failure@any.service")]
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class InventoryTests(unittest.TestCase):
    """Contradicting values are errors."""

    def test_contradicting_values_are_errors(self):
        for text, said in {
            "[cluster]\nvirtual_address = \"192.168.88.64\"\n": "two hosts have the same address",
            "[cluster]\nvirtual_address = \"10.0.0.1\"\n": "address 10.0.0.1 is not in network 192.168.88.0/24",
            '[[more_hosts]]\nname = "pg2"\naddress = "192.168.88.66"\nruns = ["etcd"]\n':
                "etcd must have an odd number of members",
            "[patroni]\nsynchronous = true\n":
                "patroni.synchronous needs a member that may be synchronous: set patroni.nosync to false",
            '[[more_hosts]]\nname = "pg0"\naddress = "192.168.88.66"\nruns = []\n': "two hosts have the same name",
        }.items():
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as overlay:
                overlay.write(text)
                overlay.flush()
                with self.assertRaises(inventory.InventoryError) as caught:
                    inventory.load(INVENTORY, overlay.name)
            self.assertEqual(str(caught.exception), said)


    def test_unknown_keys_and_wrong_values_are_errors_with_their_line(self):
        cases = {
            '[patroni]\n\nttll = 30\n': '3: unrecognized key "ttll"\n  hint: Did you mean "ttl"?',
            '[patroni]\nwatchdog = "on"\n': '2: "watchdog" must be "off" or "automatic" or "required", but is "on"',
            '[patroni]\nttl = "30"\n': '2: "ttl" must be a whole number from 1 to 2147483647, but is "30"',
            '[patroni]\nttl = true\n': '2: "ttl" must be a whole number from 1 to 2147483647, but is true',
            '[patroni]\nnosync = 1\n': '2: "nosync" must be true or false, but is 1',
            '[etcd]\napi = 4\n': '2: "api" must be 2 or 3, but is 4',
            'cluster = 1\n': '1: "cluster" must be a table of keys, but is 1',
            '[postgres]\nmemory = "4 GB"\n': '2: "memory" must be a size such as "16GB", but is "4 GB"',
            '[postgres.parameters]\nssl = true\n': '2: "ssl" must be a text or a number, but is true',
            '# one\n[[more_hosts]]\nname = "pg2"\naddress = "192.168.88.66"\nruns = []\n[[more_hosts]]\nname = "pg3"\n'
            'address = "192.168.88.67"\nruns = ["postgres", "repositry"]\n':
                '9: "item 2 of runs" must be "etcd" or "postgres" or "repository" or "reportgen" or "superset" or "restore",'
                ' but is "repositry"',
            '[[more_hosts]]\nname = "ca"\nadress = "192.168.88.66"\n':
                '2: "name" must be a host\'s name, but is "ca"\n'
                'FILE:3: unrecognized key "adress"\n  hint: Did you mean "address"?',
            '[[pgbackrest.repository]]\ntype = "posix"\npath = "backups"\n':
                '3: "path" must be an absolute path, but is "backups"',
        }
        for text, said in cases.items():
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as overlay:
                overlay.write(text)
                overlay.flush()
                with self.assertRaises(inventory.InventoryError) as caught:
                    inventory.load(INVENTORY, overlay.name)
                self.assertEqual(str(caught.exception).replace(overlay.name, "FILE"), f"FILE:{said}", text)

    def test_an_inventory_without_a_key_is_an_error(self):
        with open(INVENTORY, encoding="utf-8") as file:
            text = "".join(line for line in file if not line.startswith("ttl ="))
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as other:
            other.write(text)
            other.flush()
            with self.assertRaisesRegex(inventory.InventoryError, 'key "ttl" is missing in "patroni"$'):
                inventory.load(other.name)


class PageTests(unittest.TestCase):
    """docs/cluster.md agrees with the scenarios."""

    def test_the_table_has_every_scenario_with_its_promise_and_no_failure(self):
        with open(table.PAGE, encoding="utf-8") as file:
            rows = table.rows_of(file.read())
        self.assertEqual(list(rows), [found.name for found in scenarios.load()])
        for found in scenarios.load():
            self.assertIn(f"| {found.promise} |", rows[found.name])
            self.assertNotIn("**failed**", rows[found.name])


if __name__ == "__main__":
    unittest.main()
