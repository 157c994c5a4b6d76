"""Judge what has landed, tidy and count it, and load it into core."""
