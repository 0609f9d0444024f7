"""The path of a message, pure: accept, authenticate, decide, forward, mask, record, reply. Does no I/O."""
