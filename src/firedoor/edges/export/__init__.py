"""What leaves for others: events to sinks, evidence to third parties."""
