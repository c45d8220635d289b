"""Asks each member for its own state over Patroni's REST API, and etcd for its health."""

import functools
import json
import ssl
import time
import urllib.error
import urllib.request

class TooLate(Exception):
    """A condition did not become true in time."""


def get(url, timeout=1.0, authority=None):
    """The status and body of a response; 0 and the reason when there is none.

    - Parameter authority: the path of the certificate that an https server's has to be signed with.
    """
    try:
        with _opener(authority).open(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, ValueError) as error:
        return 0, str(error)


@functools.cache
def _opener(authority):
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority))
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), secure)


def patroni(host, path, timeout=1.0):
    """The status and body of a response of Patroni. For /primary and /replica only the status matters: 200 is yes."""
    return get(f"https://{host.address}:8008{path}", timeout, host.authority)


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
