"""Generates passwords once, stores them in a folder that git ignores, and computes PostgreSQL's SCRAM verifiers."""

import base64
import hashlib
import hmac
import os
import secrets
import tomllib

_ITERATIONS = 4096  # PostgreSQL's default


def load(folder, names):
    """The password of each name. Missing ones are generated and stored in `folder`/passwords.toml."""
    path = os.path.join(folder, "passwords.toml")
    kept = {}
    if os.path.exists(path):
        with open(path, "rb") as file:
            kept = tomllib.load(file)
    missing = [name for name in names if name not in kept]
    if missing:
        # Hexadecimal: without a character that is special in a shell, a URI, YAML or .pgpass.
        kept.update((name, secrets.token_hex(16)) for name in missing)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        new = path + ".new"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f'{name} = "{password}"\n' for name, password in kept.items())
        os.replace(new, path)
    return kept


def verifier(name, password):
    """The SCRAM-SHA-256 verifier that PostgreSQL stores instead of the password, and that cannot be used to log in.

    The salt is derived from the password, so that rendering twice gives the same files.
    """
    salt = hmac.digest(password.encode(), name.encode(), "sha256")[:16]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    text = [base64.b64encode(part).decode() for part in (salt, stored_key, server_key)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{text[0]}${text[1]}:{text[2]}"
