"""Decide which step runs when, and on which machine."""
