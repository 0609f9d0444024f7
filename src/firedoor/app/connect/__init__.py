"""`firedoor connect`: a client of the gateway for programs that only launch a server."""
