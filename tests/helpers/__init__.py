"""What several tests need: recorders, real peers, generators. Never a mock of our own code."""
