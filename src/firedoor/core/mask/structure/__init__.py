"""Where a value stands says what it is: field names, pairs, tables, JSON in text."""
