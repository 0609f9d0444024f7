"""What people do, one verb per file. Knows ports, never edges."""
