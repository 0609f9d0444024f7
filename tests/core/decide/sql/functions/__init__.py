"""Tests of the allow-lists of functions."""
