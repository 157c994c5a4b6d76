"""Keep the untouched copy of each treasury's month, with its receipt."""
