"""Settings and wiring: every object is built here, by hand. No decision about a call is made here."""
