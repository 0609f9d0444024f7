"""What finds: patterns, their checks, and the scanner that runs them all at once. Changes nothing."""
