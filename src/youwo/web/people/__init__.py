"""Pages about people: signing in, one's own data, grants."""
