"""Calls that wait for people, and permits: asks them, keeps their answers, gives nobody a role."""
