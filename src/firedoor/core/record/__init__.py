"""Entries, frames, seals and their verification as bytes. Never writes them anywhere."""
