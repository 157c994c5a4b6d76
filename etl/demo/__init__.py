"""The demo estate: made treasuries with made customers, in real databases, for trying the product out."""
