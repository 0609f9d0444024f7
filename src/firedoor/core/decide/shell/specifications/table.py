"""All specifications by name. A command is found by its plain name, or by its place in a system folder."""

from firedoor.core.decide.shell.specification import Specification
from firedoor.core.decide.shell.specifications.archives import ARCHIVES
from firedoor.core.decide.shell.specifications.builtins_of_shell import BUILTINS
from firedoor.core.decide.shell.specifications.cloud import CLOUD
from firedoor.core.decide.shell.specifications.containers import CONTAINERS
from firedoor.core.decide.shell.specifications.databases import DATABASES
from firedoor.core.decide.shell.specifications.files import FILES
from firedoor.core.decide.shell.specifications.git import GIT
from firedoor.core.decide.shell.specifications.kubernetes import KUBERNETES
from firedoor.core.decide.shell.specifications.network import NETWORK
from firedoor.core.decide.shell.specifications.packages import PACKAGES
from firedoor.core.decide.shell.specifications.platforms import PLATFORMS
from firedoor.core.decide.shell.specifications.system import SYSTEM
from firedoor.core.decide.shell.specifications.toolchains import TOOLCHAINS

_FOLDERS = frozenset(
    {"/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/bin"}
)
"""Where only an administrator puts programs."""

FAMILIES: dict[str, tuple[Specification, ...]] = {
    "The shell": BUILTINS,
    "Files and text": (*FILES, *ARCHIVES),
    "The machine": SYSTEM,
    "git": GIT,
    "Kubernetes": KUBERNETES,
    "Containers": CONTAINERS,
    "Clouds": CLOUD,
    "The network": NETWORK,
    "Databases": DATABASES,
    "Platforms": PLATFORMS,
    "Packages and forges": PACKAGES,
    "Tools of languages": TOOLCHAINS,
}

TABLE = {specification.name: specification for family in FAMILIES.values() for specification in family}


def specification_of(command: str) -> Specification | None:
    """Return what is specified of a command, as it is written."""
    folder, slash, name = command.rpartition("/")
    if slash and folder not in _FOLDERS:
        return None
    return TABLE.get(name)
