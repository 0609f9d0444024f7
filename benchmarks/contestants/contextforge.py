"""ContextForge: one registered gateway, one virtual server, tuned as far as its settings go.

It is heavy: it runs only when it is asked for.
"""

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import installs
from answers import TOOLS
from launch import Launch, Unavailable, free_port, running
from messages import Door

from contestants.contestant import Site, Stand

_RELEASE = "mcp-contextforge-gateway==1.0.7.post20260921"
_ADMIN = "bench@example.com"
_PASSWORD = "Bench-9f2c71d04e8b4a6d!"  # noqa: S105 - of a database that lives for one run
_SECRET = "bench-4f1d9b7e2c8a4d06b35e71f09ac2d8e4"  # noqa: S105 - as above
_READY_WITHIN_S = 120


def _settings(site: Site) -> dict[str, str]:
    """Everything that costs and is not the path is off, in its favour."""
    off = (
        "MCPGATEWAY_UI_ENABLED MCPGATEWAY_ADMIN_API_ENABLED COMPRESSION_ENABLED CORRELATION_ID_ENABLED "
        "TOKEN_USAGE_LOGGING_ENABLED PERFORMANCE_TRACKING_ENABLED METRICS_AGGREGATION_ENABLED "
        "SECURITY_HEADERS_ENABLED RATE_LIMITING_ENABLED PLUGINS_ENABLED OBSERVABILITY_ENABLED"
    )
    return dict.fromkeys(off.split(), "false") | {
        "DATABASE_URL": f"sqlite:///{site.directory}/mcp.db",
        "CACHE_TYPE": "memory",
        "JWT_SECRET_KEY": _SECRET,
        "AUTH_ENCRYPTION_SECRET": _SECRET,
        "PLATFORM_ADMIN_EMAIL": _ADMIN,
        "PLATFORM_ADMIN_PASSWORD": _PASSWORD,
        "DEFAULT_USER_PASSWORD": _PASSWORD,
        "BASIC_AUTH_PASSWORD": _PASSWORD,
        "SSRF_ALLOW_LOCALHOST": "true",
        "SSRF_ALLOW_PRIVATE_NETWORKS": "true",
        "USE_STATEFUL_SESSIONS": "true",
        "TOOL_RATE_LIMIT": "1000",
        "LOG_LEVEL": "CRITICAL",
        "ENVIRONMENT": "development",
        "HOST": "127.0.0.1",
    }


class ContextForge:
    """It runs with one worker, as everything here does."""

    name = "contextforge"
    is_heavy = True
    is_peer = True

    def prepare(self) -> None:
        """Installs the pinned release."""
        installs.python_package(_RELEASE)

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Start it, register the upstream, and make a virtual server of its tools."""
        port, binaries = free_port(), installs.python_package(_RELEASE)
        env = _settings(site)
        command = [binaries / "mcpgateway", "--host", "127.0.0.1", "--port", str(port)]
        launch = Launch(command=command, log=site.log, core=site.cores.proxy, cwd=site.directory, env=env)
        with running(launch, port) as pid:
            minting = [
                binaries / "python", "-m", "mcpgateway.utils.create_jwt_token",
                "--username", _ADMIN, "--exp", "600", "--admin", "--secret", _SECRET,
            ]  # fmt: skip
            minted = subprocess.run(
                minting,
                cwd=site.directory,
                capture_output=True,
                check=False,
                text=True,
                env={**os.environ, **env},
            )
            if minted.returncode:
                raise Unavailable(f"made no token: {minted.stderr.strip()[-200:]}")
            token = minted.stdout.strip().split("\n")[-1]
            api = _Api(f"http://127.0.0.1:{port}", token)
            server = _virtual_server(api, site)
            yield Stand(
                Door(port=port, path=f"/servers/{server}/mcp", token=token, tool_prefix="bench-"), pid
            )


class _Api:
    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, path: str, content: object = None) -> object:
        """GET, or POST if there is content; asks again while the gateway comes up."""
        deadline = time.monotonic() + _READY_WITHIN_S
        body = None if content is None else json.dumps(content).encode()
        while True:
            request = urllib.request.Request(self._address + path, body, self._headers)  # noqa: S310 - loopback
            try:
                with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - loopback
                    return json.load(response)
            except urllib.error.HTTPError as error:
                raise Unavailable(f"{path}: HTTP {error.code} {error.read()[:200]!r}") from error
            except OSError as error:
                if time.monotonic() > deadline:
                    raise Unavailable(f"{path}: {error}") from error
                time.sleep(0.5)


def _virtual_server(api: _Api, site: Site) -> str:
    api.ask("/gateways", {"name": "bench", "url": site.upstream_url, "transport": "STREAMABLEHTTP"})
    listed = api.ask("/tools")
    assert isinstance(listed, list)
    tools = [tool["id"] for tool in listed]
    if len(tools) < len(TOOLS):
        raise Unavailable(f"it lists {len(tools)} of {len(TOOLS)} tools")
    made = api.ask(
        "/servers", {"server": {"name": "bench", "description": "bench", "associated_tools": tools}}
    )
    assert isinstance(made, dict)
    return made["id"]
