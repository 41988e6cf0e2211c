"""The house: settings, server, worker, backups."""
