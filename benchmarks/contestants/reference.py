"""What the others are held against: no proxy at all, and nginx as a plain reverse proxy."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import installs
from launch import Launch, free_port, running
from messages import Door

from contestants.contestant import Site, Stand

NGINX_SETTINGS = """\
daemon off;
{processes}
pid {directory}/nginx.pid;
error_log {directory}/error.log crit;
events {{ worker_connections 20000; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    keepalive_requests 100000000;
    upstream mcp {{
        server 127.0.0.1:{upstream_port};
        keepalive 256;
        keepalive_requests 100000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://mcp;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffers 16 16k;
        }}
    }}
}}
"""


class Direct:
    """The load on the upstream itself: the ceiling of the set-up, not a contestant."""

    name = "direct"
    is_heavy = False
    is_peer = False

    def prepare(self) -> None:
        """Nothing to install."""

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Run nothing: the upstream already runs."""
        yield Stand(Door(port=site.upstream_port), None)


def nginx_command(site: Site, port: int, processes: str = "worker_processes 1;") -> list[str | Path]:
    """Write the settings; give the command."""
    settings = site.directory / "nginx.conf"
    settings.write_text(
        NGINX_SETTINGS.format(
            directory=site.directory, upstream_port=site.upstream_port, port=port, processes=processes
        )
    )
    return [installs.nginx(), "-p", site.directory, "-c", settings]


class Nginx:
    """One worker, keep-alive on both sides, no access log: the cheapest that a reverse proxy gets."""

    name = "nginx"
    is_heavy = False
    is_peer = False

    def prepare(self) -> None:
        """Take the machine's, or Debian's package."""
        installs.nginx()

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Run it in the foreground."""
        port = free_port()
        launch = Launch(command=nginx_command(site, port), log=site.log, core=site.cores.proxy)
        with running(launch, port) as pid:
            yield Stand(Door(port=port), pid)
