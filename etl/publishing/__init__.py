"""Publish drafts as revisions that never change, compare them, and make them again."""
