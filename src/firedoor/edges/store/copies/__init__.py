"""Copies of the record in an object store or a folder. The path never waits for them."""
