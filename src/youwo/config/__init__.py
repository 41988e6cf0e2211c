"""Settings, addresses, server entry points and the youwo command."""
