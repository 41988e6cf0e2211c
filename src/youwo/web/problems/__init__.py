"""Pages about problems: reporting one, following it, the public list, the staff's desk."""
