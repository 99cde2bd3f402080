"""What is in a collection: the filters that say so, and the listing that does."""
