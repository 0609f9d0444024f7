"""Allow-lists of functions that only read, by dialect. A function that is on no list makes a text unknown."""
