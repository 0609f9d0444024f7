"""The nouns of Firedoor. Standard library value types only; no behaviour beyond self-checks."""
