"""Tests of reading in processes of its own."""
