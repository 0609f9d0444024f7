"""The policy language: what a rule matches, what its condition looks at, and what makes a rule unusable."""
