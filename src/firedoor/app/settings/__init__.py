"""The settings file: its keys, and what is made of them. Nothing is started here."""
