"""Locks first, then rules: a verdict with its reasons. Whatever cannot be decided is denied."""
