"""Bytes to message: strict JSON, revision tables, limits, header and body agreement. Never repairs."""
