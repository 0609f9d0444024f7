"""What stands in a finding's place: keyed tokens, parts, digests; and the way back."""
