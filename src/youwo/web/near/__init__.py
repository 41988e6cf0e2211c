"""Pages of members and volunteers: what is near, what they can do, their own record."""
