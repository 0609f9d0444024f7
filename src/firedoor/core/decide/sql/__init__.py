"""SQL and the commands of databases, understood by parsing. Nothing here connects to a database."""
