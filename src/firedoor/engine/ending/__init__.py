"""What a lock does to what is under way: calls, then sessions, then their upstreams. Decides about nobody."""
