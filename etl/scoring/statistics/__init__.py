"""How counts become figures: one statistical method per file, pure."""
