"""Pages of joint meetings, the service list and its items."""
