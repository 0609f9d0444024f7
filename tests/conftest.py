"""What holds for every test: one event loop kind, loopback only, the same examples on every machine.

And nothing that a test has started outlives the run.
"""

import ipaddress
import sys

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers.guardian import guard_this_run

# Machines differ in speed: a property fails for what it found, never for how long it took.
settings.register_profile(
    "firedoor", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("firedoor")


def pytest_configure() -> None:
    """Each worker has a guardian of its own: a test that hangs ends its worker with all that it started."""
    guard_this_run()


def _refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Tests talk to loopback only. A name that would need a resolver elsewhere is refused too."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return
    host = str(address[0])
    try:
        is_here = ipaddress.ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if not is_here:
        raise RuntimeError(f"a test tried to reach {host}: tests use loopback only")


sys.addaudithook(_refuse_the_outside)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Firedoor runs on asyncio; `@pytest.mark.anyio` tests do too."""
    return "asyncio"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured: `record_property("figure", "...")`, whichever worker ran them."""
    figures = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("figures")
    for figure in sorted(figures):
        terminalreporter.write_line(figure)
