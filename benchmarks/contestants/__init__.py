"""Who is measured. One module per kind; `every` lists them in the order of the tables."""

from contestants.bridges import bridges
from contestants.contestant import Contestant, Site, Stand
from contestants.contextforge import ContextForge
from contestants.gateway import gateways
from contestants.libraries import FastmcpProxy, Prototype
from contestants.reference import Direct, Nginx

__all__ = ["Contestant", "Site", "Stand", "every"]


def every() -> list[Contestant]:
    return [
        Direct(),
        Nginx(),
        Prototype(),
        *gateways(),
        *bridges(),
        FastmcpProxy(name="fastmcp", is_shared=False),
        FastmcpProxy(name="fastmcp-shared", is_shared=True),
        ContextForge(),
    ]
