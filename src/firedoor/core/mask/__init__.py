"""Findings to masked message. What cannot be masked is withheld."""
