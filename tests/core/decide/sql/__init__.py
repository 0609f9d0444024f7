"""Tests of the understanding of SQL."""
