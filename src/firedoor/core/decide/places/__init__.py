"""Facts on places: what a URL or a path points at, however it is spelt. Opens nothing."""
