"""Policies: from files to the one in force. Decides about no call."""
