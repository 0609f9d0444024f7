"""Corpora made by seeded generators: the same seed gives the same texts, with their labels."""
