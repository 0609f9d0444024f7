"""What is known of commands that are not allowed: it names the effect for rules and never allows anything."""

from firedoor.model.shell import ShellEffect

_DESTRUCTIVE = frozenset(
    [
        "rm",
        "rmdir",
        "unlink",
        "shred",
        "dd",
        "mkfs",
        "mke2fs",
        "wipefs",
        "blkdiscard",
        "fdisk",
        "sfdisk",
        "parted",
        "mkswap",
        "truncate",
        "srm",
        "mv",
        "kill",
        "pkill",
        "killall",
        "shutdown",
        "reboot",
        "halt",
        "poweroff",
        "init",
        "telinit",
        "userdel",
        "groupdel",
        "deluser",
        "delgroup",
        "swapoff",
        "lvremove",
        "vgremove",
        "pvremove",
        "mdadm",
        "cryptsetup",
        "dropdb",
        "dropuser",
        "flushall",
        "umount",
    ]
)
_WRITE = frozenset(
    [
        "cp",
        "mkdir",
        "touch",
        "ln",
        "install",
        "tee",
        "chmod",
        "chown",
        "chgrp",
        "chattr",
        "setfacl",
        "useradd",
        "usermod",
        "groupadd",
        "passwd",
        "chpasswd",
        "rsync",
        "scp",
        "sftp",
        "patch",
        "mount",
        "tar",
        "unzip",
        "gunzip",
        "gzip",
        "crontab",
        "at",
        "sysctl",
        "modprobe",
    ]
)
_DESTRUCTIVE_VERBS = frozenset(
    [
        "delete",
        "destroy",
        "rm",
        "remove",
        "uninstall",
        "purge",
        "prune",
        "drain",
        "terminate",
        "terminate-instances",
        "rb",
        "reset",
        "clean",
        "kill",
        "stop",
        "down",
        "drop",
        "evict",
        "cordon",
        "rmi",
        "flush",
        "undeploy",
        "--delete",
        "--force",
        "--prune",
        "-delete",
        "push",
        "purge-queue",
    ]
)
_WRITE_VERBS = frozenset(
    [
        "apply",
        "create",
        "patch",
        "edit",
        "scale",
        "set",
        "annotate",
        "label",
        "taint",
        "rollout",
        "run",
        "exec",
        "start",
        "restart",
        "enable",
        "disable",
        "install",
        "upgrade",
        "add",
        "commit",
        "merge",
        "checkout",
        "switch",
        "pull",
        "fetch",
        "cp",
        "mv",
        "sync",
        "put",
        "update",
        "reload",
        "login",
        "tag",
        "import",
        "build",
        "load",
        "mask",
        "unmask",
    ]
)
_VERB_PREFIXES = ("delete-", "terminate-", "remove-", "deregister-", "destroy-", "purge-")
_HAVE_VERBS = frozenset(
    [
        "kubectl",
        "docker",
        "podman",
        "git",
        "aws",
        "gcloud",
        "az",
        "terraform",
        "tofu",
        "helm",
        "systemctl",
        "nerdctl",
        "crictl",
        "service",
        "oc",
        "gh",
        "apt",
        "apt-get",
        "yum",
        "dnf",
        "apk",
        "pip",
        "pip3",
        "npm",
        "yarn",
        "brew",
        "snap",
        "find",
        "rsync",
        "doctl",
        "flux",
        "argocd",
        "istioctl",
    ]
)


def effect_of(words: tuple[str, ...]) -> ShellEffect:
    """Return what is known of a command by its words: destructive, write, or unknown."""
    if not words:
        return ShellEffect.UNKNOWN
    name = words[0].rpartition("/")[2]
    verbs = words[1:] if name in _HAVE_VERBS else ()
    if (
        name in _DESTRUCTIVE
        or name.startswith("mkfs.")
        or any(word in _DESTRUCTIVE_VERBS or word.startswith(_VERB_PREFIXES) for word in verbs)
    ):
        return ShellEffect.DESTRUCTIVE
    if name in _WRITE or any(word in _WRITE_VERBS for word in verbs):
        return ShellEffect.WRITE
    return ShellEffect.UNKNOWN
