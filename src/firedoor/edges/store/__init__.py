"""Where things are kept: the journal in files, all else in a database."""
