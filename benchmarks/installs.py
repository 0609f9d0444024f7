"""Puts what is measured into the cache: virtual environments, npm folders, one Debian package.

It never changes the system: the Debian package is unpacked, not installed. A failed install leaves a reason.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launch import CACHE, Unavailable

_INSTALL_WITHIN_S = 900


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    try:
        subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            check=True,
            capture_output=True,
            timeout=_INSTALL_WITHIN_S,
        )
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not on this machine") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{command[0]} took longer than {_INSTALL_WITHIN_S} s") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).decode(errors="replace").strip().split("\n")[-1]
        raise Unavailable(f"{Path(command[0]).name} failed: {said[:200]}") from error


def _is_done(folder: Path) -> bool:
    return (folder / ".installed").exists()


def _start_afresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def python_package(requirement: str) -> Path:
    """Give the `bin` folder of a virtual environment that holds the package."""
    folder = CACHE / "python" / requirement.replace("==", "-")
    if not _is_done(folder):
        _start_afresh(folder)
        _run(sys.executable, "-m", "venv", folder)
        _run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", requirement)
        (folder / ".installed").touch()
    return folder / "bin"


def npm_package(requirement: str) -> Path:
    """Give the `.bin` folder of an npm folder that holds the package."""
    folder = CACHE / "npm" / requirement.replace("@", "-")
    if not _is_done(folder):
        if not (shutil.which("npm") and shutil.which("node")):
            raise Unavailable("Node and npm are not on this machine")
        _start_afresh(folder)
        _run("npm", "install", "--no-audit", "--no-fund", "--prefix", folder, requirement)
        (folder / ".installed").touch()
    return folder / "node_modules" / ".bin"


def nginx() -> Path:
    """Give the nginx of the machine, or the one in Debian's package."""
    if found := shutil.which("nginx"):
        return Path(found)
    folder = CACHE / "debian" / "nginx"
    binary = folder / "usr" / "sbin" / "nginx"
    if not _is_done(folder):
        if not shutil.which("apt-get"):
            raise Unavailable("nginx is not on this machine, and neither is apt-get")
        _start_afresh(folder)
        _download_nginx(folder)
        _run("dpkg", "-x", next(folder.glob("*.deb")), folder)
        _run(binary, "-v")  # its libraries are the machine's: say so now if one is missing
        (folder / ".installed").touch()
    return binary


def _download_nginx(folder: Path) -> None:
    try:
        _run("apt-get", "download", "nginx", cwd=folder)
    except Unavailable:
        if os.geteuid() != 0:
            raise Unavailable(
                "nginx is not on this machine; apt-get has no package list, and only root may fetch it"
            ) from None
        _run("apt-get", "update")
        _run("apt-get", "download", "nginx", cwd=folder)
