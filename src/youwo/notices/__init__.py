"""Messages to people: an outbox written with the fact, delivered after it, never twice."""
