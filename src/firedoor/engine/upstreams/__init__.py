"""What the gateway itself asks of an upstream: its era, its lists, its pins. Answers no client."""
