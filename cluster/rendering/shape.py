"""Which keys an inventory has, and of what type: an unknown one, or a wrong value, is an error with its line."""

import difflib
import ipaddress
import re

SERVICES = ("etcd", "postgres", "repository", "reportgen", "superset", "restore")


class _Value:
    """A value of a type that satisfies a test; `expected` says which."""

    def __init__(self, expected, kind, test=lambda value: True):
        self.expected = expected
        self._kind = kind
        self._test = test

    def accepts(self, value):
        """Whether the value is one of these. A truth value is no number."""
        return type(value) in (self._kind if isinstance(self._kind, tuple) else (self._kind,)) and self._test(value)


def _word(expected, pattern):
    return _Value(expected, str, lambda value: re.fullmatch(pattern, value))


def _choice(*words):
    return _Value(" or ".join(f'"{word}"' if isinstance(word, str) else str(word) for word in words),
                  type(words[0]), lambda value: value in words)


def _is(parse):
    def test(value):
        try:
            parse(value)
            return True
        except ValueError:
            return False
    return test


def _number(least, most=2**31 - 1):
    return _Value(f"a whole number from {least} to {most}", int, lambda value: least <= value <= most)


_TEXT = _Value("a text in quotation marks, on one line", str, lambda value: "\n" not in value)
_YES = _Value("true or false", bool)
_NAME = _word("a name of letters, digits, hyphens and underscores", r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}")
_ADDRESS = _Value("an IP address in quotation marks", str, _is(ipaddress.ip_address))
_PATH = _word("an absolute path", r"/[^\s\"']*")
_SIZE = _word("a size such as \"16GB\"", r"[1-9][0-9]*(kB|MB|GB|TB)")
_SETTING = _Value("a text or a number", (str, int, float), lambda value: "\n" not in str(value))

_REPOSITORY = {
    "type": _choice("posix", "s3"), "path": _PATH, "encrypted": _YES, "keep_full_days": _number(1),
    "keep_differential": _number(1), "bucket?": _TEXT, "endpoint?": _TEXT, "region?": _TEXT,
    "uri_style?": _choice("host", "path"),
}
# "?" at the end of a name: the key may be missing. "*": any name. A list has one shape for all of its elements.
SHAPE = {
    "cluster": {
        "scope": _NAME, "namespace": _word("a path such as \"/otus/\"", r"/([\w-]+/)*"), "database": _NAME, "stanza": _NAME,
        "network": _Value("a network such as \"192.168.88.0/24\"", str, _is(ipaddress.ip_network)),
        "prefix_length": _number(1, 128), "interface": _NAME, "virtual_address": _ADDRESS, "postgresql": _number(15, 99),
        "timezone": _TEXT,
    },
    "host": [{
        "name": _word("a host's name", r"(?!ca$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"), "address": _ADDRESS,
        "interface?": _NAME, "runs": [_choice(*SERVICES)]}],
    "etcd": {"api": _choice(2, 3), "heartbeat_ms": _number(1), "election_ms": _number(1)},
    "patroni": {
        "ttl": _number(1), "loop_wait": _number(1), "retry_timeout": _number(1), "maximum_lag_on_failover": _number(0),
        "primary_start_timeout": _number(0), "watchdog": _choice("off", "automatic", "required"),
        "watchdog_margin": _number(-1), "synchronous": _YES, "nosync": _YES, "max_rate": _word("a rate such as \"100M\"", r"[0-9]+[kM]?"),
    },
    "vip_manager": {"interval_ms": _number(1), "retry_after_ms": _number(1)},
    "postgres": {
        "initdb": [{"option": _TEXT}], "parameters": {"*": _SETTING}, "memory?": _SIZE, "data?": _PATH,
        "locale": _word("a locale such as \"C.UTF-8\"", r"[\w.@-]+"),
        "icu_locale?": _word("a locale of ICU such as \"ru-RU\"", r"[\w@=;-]*"), "log_directory?": _word("an absolute path or nothing", r"(/[^\s\"']*)?"),
    },
    "pgbackrest": {
        "full": _TEXT, "differential": _TEXT, "restore_test": _TEXT, "restore_test_folder": _PATH, "on_failure": _TEXT,
        "compress": _choice("none", "gz", "lz4", "zst", "bz2"), "processes": _number(1, 999), "io_timeout": _number(1),
        "db_timeout": _number(1), "protocol_timeout": _number(1), "repository": [_REPOSITORY],
    },
    "secrets": {"passwords": [_NAME], "certificate_days": _number(1, 36500), "authority_days": _number(1, 36500)},
}


def faults(values, text, shape=None, whole=False):
    """What is wrong, each as (line, message, hint or None); empty when nothing is.

    - Parameter text: the file that the values come from.
    - Parameter whole: whether a missing key is wrong, too.
    """
    return list(_faults(values, SHAPE if shape is None else shape, (), _Lines(text), whole))


def _faults(value, shape, path, lines, whole):
    shown = path[-1] if path and isinstance(path[-1], str) else f"item {path[-1] + 1} of {path[-2]}" if path else ""
    if isinstance(shape, _Value):
        if not shape.accepts(value):
            yield lines.of(path), f'"{shown}" must be {shape.expected}, but is {_written(value)}', None
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield lines.of(path), f'"{shown}" must be a list, but is {_written(value)}', None
            return
        for number, item in enumerate(value):
            yield from _faults(item, shape[0], (*path, number), lines, whole)
    elif not isinstance(value, dict):
        yield lines.of(path), f'"{shown}" must be a table of keys, but is {_written(value)}', None
    else:
        known = {key.rstrip("?"): inner for key, inner in shape.items()}
        for key, item in value.items():
            if inner := known.get(key, known.get("*")):
                yield from _faults(item, inner, (*path, key), lines, whole)
            else:
                near = difflib.get_close_matches(key, known, 1)
                yield lines.of((*path, key)), f'unrecognized key "{key}"', f'Did you mean "{near[0]}"?' if near else None
        for key in shape if whole else ():
            if key != "*" and not key.endswith("?") and key not in value:
                yield lines.of(path), f'key "{key}" is missing' + (f' in "{shown}"' if shown else ""), None


def _written(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return {list: "a list", dict: "a table"}.get(type(value), str(value))


class _Lines:
    """The lines on which keys stand, by their path; tomllib does not tell them."""

    def __init__(self, text):
        self._known = {}
        table = ()
        counts = {}
        for number, line in enumerate(text.splitlines(), 1):
            if match := re.match(r"\s*(\[\[?)\s*([\w.-]+)\s*\]", line):
                table = tuple(match[2].split("."))
                if match[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self._known.setdefault(table, number)
                for length in range(1, len(table)):
                    self._known.setdefault(table[:length], number)
            elif match := re.match(r"\s*\"?([\w.-]+)\"?\s*=", line):
                self._known.setdefault((*table, *match[1].split(".")), number)

    def of(self, path):
        """The line of a key, or of the nearest one around it; 1 for the whole file."""
        while path and path not in self._known:
            path = path[:-1]
        return self._known.get(path, 1)
