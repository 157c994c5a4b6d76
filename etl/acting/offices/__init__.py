"""What treasuries and units do with their results, and whether it helped."""
