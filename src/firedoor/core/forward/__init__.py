"""What goes upstream: which upstream, which headers, which credential slot. Never sends."""
