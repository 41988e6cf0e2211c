"""Messages: the inbox, what somebody wants by which way, and deliveries that were given up."""
