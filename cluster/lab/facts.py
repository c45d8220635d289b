"""What the cluster says of itself, first hand: /primary and /replica of each member, not what etcd remembers of it."""

import json
import time
import urllib.error
import urllib.request

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class TooLate(Exception):
    """Something that has to become true did not do so in time."""


def get(url, timeout=1.0):
    """The status and the text of an answer; 0 and why when there is none."""
    try:
        with _OPENER.open(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, ValueError) as error:
        return 0, str(error)


def patroni(host, path, timeout=1.0):
    """The status and the text of a member's answer; for /primary, /replica and others the status is the answer."""
    return get(f"http://{host.address}:8008{path}", timeout)


def described(host):
    """What a member says of itself; an empty mapping when it says nothing."""
    status, text = patroni(host, "/patroni")
    try:
        return json.loads(text) if status else {}
    except ValueError:
        return {}


def etcd_serves(host, timeout=0.3):
    """Whether this member of etcd answers, and has a quorum behind it."""
    status, text = get(f"http://{host.address}:2379/health", timeout)
    return status == 200 and "true" in text


def wait(what, condition, limit=40.0, pause=0.03):
    """Waits until `condition` returns something true, and returns it. Raises TooLate after `limit` seconds."""
    end = time.monotonic() + limit
    while not (found := condition()):
        if time.monotonic() > end:
            raise TooLate(f"waited {limit:g} s in vain for {what}")
        time.sleep(pause)
    return found
