"""Passwords: generated once, kept in a folder that git ignores, and given to PostgreSQL as verifiers only."""

import base64
import hashlib
import hmac
import os
import secrets
import tomllib

_ITERATIONS = 4096  # PostgreSQL's own


def load(folder, names):
    """The password of each name; those that do not exist yet are made and kept in `folder`/passwords.toml."""
    path = os.path.join(folder, "passwords.toml")
    kept = {}
    if os.path.exists(path):
        with open(path, "rb") as file:
            kept = tomllib.load(file)
    missing = [name for name in names if name not in kept]
    if missing:
        # No character that a shell, a URI, YAML or .pgpass would read in its own way.
        kept.update((name, secrets.token_hex(16)) for name in missing)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        new = path + ".new"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f'{name} = "{password}"\n' for name, password in kept.items())
        os.replace(new, path)
    return kept


def verifier(name, password):
    """What PostgreSQL keeps of a password (SCRAM-SHA-256): nobody can log in with it who does not know the password.

    The salt follows from the password, so that files that are made twice are the same.
    """
    salt = hmac.digest(password.encode(), name.encode(), "sha256")[:16]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    text = [base64.b64encode(part).decode() for part in (salt, stored_key, server_key)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{text[0]}${text[1]}:{text[2]}"
