"""Steps from one shape of the tables to the next. A step that was released is never edited."""

HEAD = "0008"
"""The shape that this program works with."""
