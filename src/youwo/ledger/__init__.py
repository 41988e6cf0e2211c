"""Facts: what was done, where, for how many, confirmed by whom. Rows are added, never changed."""
