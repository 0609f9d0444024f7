"""Keys and secrets: made, wrapped, opened. Never in a log, never in the database in clear."""
