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
    terraform.tfstate
""")
_ENDINGS = (".key", ".pfx", ".p12", ".jks", ".keystore", ".kdbx", ".ppk")
_FOLDERS = (
    "/.ssh/", "/.aws/credentials", "/.aws/cli/cache", "/.aws/sso", "/.kube/config", "/.docker/config.json",
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
        or (name.startswith(".env.") and not name.endswith((".example", ".sample")))
        or (name.endswith(_ENDINGS) and "/" in plain)
        or any(folder in f"{plain}/" for folder in _FOLDERS)
    )


def may_match_credentials(pattern: str) -> bool:
    """Whether a pattern of file names could stand for a path that is known to hold credentials."""
    begun = _BEGUN.match(pattern.rpartition("/")[2])
    if holds_credentials(pattern) or (
        begun and any(fnmatch.fnmatchcase(name, pattern.rpartition("/")[2]) for name in _NAMES)
    ):
        return True
    return "/" in pattern and any(fnmatch.fnmatchcase(sample, pattern) for sample in _SAMPLES)


def may_spell_credentials(spelling: str) -> bool:
    """Whether a word that is open in places is written like such a path: `.env$(true)`."""
    return len(_LITERAL.findall(spelling)) >= _TELLING and may_match_credentials(spelling)
