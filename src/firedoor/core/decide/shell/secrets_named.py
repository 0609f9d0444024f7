"""Paths that are known to hold credentials. A help for rules and models, not a wall: masks are the wall.

A file can be read by another name (a link, a directory changed before); what leaves is masked anyhow.
"""

import fnmatch
import re

from firedoor.core.decide.places.paths import normalised
from firedoor.core.decide.sql.words import words

_EXACT = (
    "/etc/shadow", "/etc/gshadow", "/etc/shadow-", "/etc/gshadow-", "/etc/sudoers", "/proc/kcore", "/dev/mem",
    "/dev/kmem", "/dev/port",
)  # fmt: skip
_NAMES = words("""
    id_rsa id_dsa id_ecdsa id_ed25519 .netrc .pgpass .my.cnf .npmrc .pypirc .git-credentials .vault-token
    credentials.json kubeconfig .env .htpasswd shadow gshadow .dockercfg .bash_history .zsh_history environ
    terraform.tfstate .s3cfg .boto rclone.conf credentials.tfrc.json .mysql_history .psql_history
    .python_history .sqlite_history .rediscli_history .node_repl_history .lesshst k3s.yaml debian.cnf
    chap-secrets opasswd privkey.pem secrets.yml secrets.yaml secrets.json wp-config.php
""")
_ENDINGS = (".key", ".pfx", ".p12", ".jks", ".keystore", ".kdbx", ".ppk", ".keytab", ".ovpn", ".keyring")
_TELLING_ENDINGS = (".tfstate", ".tfstate.backup", "-key.pem", "_key.pem", "private.pem")
"""Also without a folder before them. What ends with the others could be a field: `jq .key`."""
_MEMORY = re.compile(r"/proc/[^/]+/(?:task/[^/]+/)?mem")
_FOLDERS = (
    "/.ssh/", "/.aws/", "/.vnc/", "/etc/wireguard/", "/etc/openvpn/", "/system-connections/",
    "/share/keyrings/", "/.terraform.d/", "/.kube/config", "/.docker/config.json",
    "/.gnupg/", "/.azure/", "/.config/gcloud/", "/.config/gh/", "/etc/ssl/private/", "/etc/sudoers.d/",
    "/var/run/secrets/", "/run/secrets/", "/etc/kubernetes/pki/", "/etc/kubernetes/admin.conf",
)  # fmt: skip
_SAMPLES = (
    *_EXACT, "/root/.ssh/id_rsa", "/home/x/.ssh/id_rsa", "/root/.aws/credentials",
    "/home/x/.aws/credentials",
    "~/.ssh/id_rsa", "~/.ssh/id_ed25519", "~/.aws/credentials", "~/.kube/config", "/root/.kube/config",
    "/proc/1/environ", "/proc/self/environ", ".env", "./.env",
)  # fmt: skip
_BEGUN = re.compile(r"[A-Za-z0-9._-]{2}")
"""A pattern that begins like this is meant for some names; `*` alone is for any file."""
_LITERAL = re.compile(r"[A-Za-z0-9.]")
_TELLING = 3
"""Signs that are written out: of fewer, it could be any file."""
_WITHOUT_HARM = (".pub", "/known_hosts", "/.ssh/config", "/.azure/clouds.config")


def holds_credentials(path: str) -> bool:
    """Whether a path is known to hold credentials."""
    plain = normalised(path)
    if plain.endswith(_WITHOUT_HARM):
        return False
    name = plain.rpartition("/")[2]
    return (
        plain in _EXACT
        or name in _NAMES
        or (name.startswith((".env.", "shadow.")) and not name.endswith((".example", ".sample")))
        or name.endswith(_TELLING_ENDINGS)
        or (name.endswith(_ENDINGS) and "/" in plain)
        or _MEMORY.fullmatch(plain) is not None
        or any(folder in f"/{plain}/" for folder in _FOLDERS)
    )


def names_credentials(text: str) -> bool:
    """Whether a word names such a path: alone, in an option (`-f/x`, `--file=/x`), of a commit (`HEAD:x`)."""
    parts = [text.partition("=")[2], text[2:]] if text.startswith("-") else [text]
    if "://" not in text and " " not in text:
        parts.append(text.rpartition(":")[2])
    return any(part and " " not in part and holds_credentials(part) for part in parts)


def may_match_credentials(pattern: str) -> bool:
    """Whether a pattern of file names could stand for a path that is known to hold credentials."""
    begun = _BEGUN.match(pattern.rpartition("/")[2])
    if holds_credentials(pattern) or (
        begun and any(fnmatch.fnmatchcase(name, pattern.rpartition("/")[2]) for name in _NAMES)
    ):
        return True
    return "/" in pattern and any(fnmatch.fnmatchcase(sample, pattern) for sample in _SAMPLES)


def ends_like_credentials(pattern: str) -> bool:
    """Whether a pattern of names alone (`*.pem`, `*.key`) stands for what mostly holds keys."""
    return pattern.lower().rstrip("*").endswith((*_ENDINGS, ".pem", *_TELLING_ENDINGS))


def may_spell_credentials(spelling: str) -> bool:
    """Whether a word that is open in places is written like such a path: `.env$(true)`."""
    return len(_LITERAL.findall(spelling)) >= _TELLING and may_match_credentials(spelling)
