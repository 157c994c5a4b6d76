"""What is due to be looked at, what was decided, and whether it helped; a person decides."""
