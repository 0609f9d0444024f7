"""The only I/O. Each edge implements ports and knows no other edge."""
