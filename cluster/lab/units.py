"""Reads systemd units, because the lab starts their services without systemd."""

import glob
import os
import re
import shlex

# A unit in the last folder wins, as with systemd.
FOLDERS = ("/lib/systemd/system", "/etc/systemd/system")


class Unit:
    """The part of a service unit that is needed to start it: command, user and environment."""

    def __init__(self, name, etc, hostname):
        """- Parameter etc: the path of the host's /etc."""
        self.name = name
        plain, _, instance = name.partition("@")
        file = f"{plain}@.service" if instance else f"{plain}.service"
        self._specifiers = {"%p": plain, "%i": instance, "%H": hostname, "%N": name, "%%": "%"}
        self._etc = etc
        self.user = "root"
        self.command = []
        self.environment = {}
        self.on_failure = None
        places = [os.path.join(self._at(folder), file) for folder in FOLDERS]
        found = [path for path in places if os.path.exists(path)]
        if not found:
            raise FileNotFoundError(f"no unit is named {file}")
        for path in [found[-1], *sorted(glob.glob(os.path.join(self._at(FOLDERS[1]), file + ".d", "*.conf")))]:
            self._read(path)

    def argv(self):
        """The command with its variables expanded as systemd does: ${X} to one word, $X to as many as it contains."""
        words = []
        for word in self.command:
            if match := re.fullmatch(r"\$(\w+)", word):
                words += shlex.split(self.environment.get(match[1], ""))
            else:
                words.append(re.sub(r"\$\{(\w+)\}", lambda match: self.environment.get(match[1], ""), word))
        return words

    def _at(self, path):
        return path.replace("/etc", self._etc, 1) if path.startswith("/etc/") else path

    def _read(self, path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                key, equals, value = line.strip().partition("=")
                if not equals or key.startswith(("#", ";")):
                    continue
                value = re.sub(r"%[piHN%]", lambda match: self._specifiers[match[0]], value)
                if key == "User":
                    self.user = value
                elif key == "ExecStart":
                    self.command = shlex.split(value)  # an empty value resets the command
                elif key == "OnFailure":
                    self.on_failure = value.removesuffix(".service")
                elif key == "Environment":
                    self.environment.update(word.split("=", 1) for word in shlex.split(value))
                elif key == "EnvironmentFile":
                    self._read_variables(value)

    def _read_variables(self, path):
        path, optional = path.removeprefix("-"), path.startswith("-")
        if optional and not os.path.exists(self._at(path)):
            return
        with open(self._at(path), encoding="utf-8") as file:
            for line in file:
                name, equals, value = line.strip().partition("=")
                if equals and not name.startswith("#"):
                    self.environment[name] = " ".join(shlex.split(value))
