"""The log over the journal: grown on its own thread, signed, read again; closed sessions in their files."""
