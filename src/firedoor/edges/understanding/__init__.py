"""Reads long statements in processes of their own, which a deadline can end."""
