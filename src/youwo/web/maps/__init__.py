"""The ground of every map."""
