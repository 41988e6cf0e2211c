"""Accounts, roles as dated grants, consent, and the one place that masks personal data."""
