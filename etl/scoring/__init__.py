"""Rate what is in core: counts, rates, grades, ranks and how sure they are."""
