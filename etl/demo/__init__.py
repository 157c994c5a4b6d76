"""The demo: invented treasuries and customers, in real databases."""
