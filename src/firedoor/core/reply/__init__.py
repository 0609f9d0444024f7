"""What the client gets: result, denial, pending, terminated. Never silence."""
