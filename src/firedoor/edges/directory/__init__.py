"""Who exists: principals, grants and tokens as stored. Never judges a proof."""
