"""Shell, understood: read by two parsers, allowed by one specification a command. Runs nothing."""
