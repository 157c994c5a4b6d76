"""Rate what is in core: rates, grades, ranks, and their uncertainty."""
