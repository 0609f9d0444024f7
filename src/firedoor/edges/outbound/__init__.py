"""How upstreams are reached: Streamable HTTP, HTTP with SSE, child processes."""
