"""fastmcp's proxy, run by fastmcp's own environment.

usage: fastmcp_proxy.py PORT URL default|shared

`default` is the form of its documentation. `shared` hands in one connected client and answers in JSON without
sessions, which is the cheapest form found.
"""

import asyncio
import sys

from fastmcp import Client
from fastmcp.server import create_proxy


async def main(port: int, url: str, kind: str) -> None:
    quiet = {
        "transport": "http",
        "host": "127.0.0.1",
        "port": port,
        "show_banner": False,
        "log_level": "error",
    }
    if kind == "default":
        await create_proxy(url).run_async(**quiet)
        return
    async with Client(url) as client:
        await create_proxy(client).run_async(**quiet, stateless_http=True, json_response=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
