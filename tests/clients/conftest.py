"""The proving ground's fixtures."""

from tests.helpers.ground import direct, gateway, old_upstream, proxied, through, upstream

__all__ = ["direct", "gateway", "old_upstream", "proxied", "through", "upstream"]
