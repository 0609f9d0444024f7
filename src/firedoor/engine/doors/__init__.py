"""The last look at the locks, and at what one grant may have under way. Ends nothing and sends nothing."""
