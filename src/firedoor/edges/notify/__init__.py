"""Whom to tell: webhooks and messages. Blocks nothing on the path."""
