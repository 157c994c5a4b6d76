"""Room: what is due after a rating, what was decided and done about it."""
