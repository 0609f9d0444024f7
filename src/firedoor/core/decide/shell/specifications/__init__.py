"""The specifications: one table for each family of commands. Everything else is unknown, so not allowed."""
