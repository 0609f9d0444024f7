"""What the gateway asks of the outside world: one Protocol per file, no implementation."""
