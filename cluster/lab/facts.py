"""Asks each member for its own state over Patroni's REST API, and etcd for its health."""

import json
import time
import urllib.error
import urllib.request

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class TooLate(Exception):
    """A condition did not become true in time."""


def get(url, timeout=1.0):
    """The status and body of a response; 0 and the reason when there is none."""
    try:
        with _OPENER.open(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, ValueError) as error:
        return 0, str(error)


def patroni(host, path, timeout=1.0):
    """The status and body of a response of Patroni. For /primary and /replica only the status matters: 200 is yes."""
    return get(f"http://{host.address}:8008{path}", timeout)


def described(host):
    """The body of /patroni as a mapping; empty when the member does not answer."""
    status, text = patroni(host, "/patroni")
    try:
        return json.loads(text) if status else {}
    except ValueError:
        return {}


def etcd_serves(host, timeout=0.3):
    """Whether this member of etcd answers and sees a quorum."""
    status, text = get(f"http://{host.address}:2381/health", timeout)
    return status == 200 and "true" in text


def wait(what, condition, limit=40.0, pause=0.03):
    """Waits until `condition` returns something true, and returns it. Raises TooLate after `limit` seconds."""
    end = time.monotonic() + limit
    while not (found := condition()):
        if time.monotonic() > end:
            raise TooLate(f"waited {limit:g} s for {what}")
        time.sleep(pause)
    return found
