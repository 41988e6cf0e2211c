"""Pages about double evaluation: rounds, sheets, results, appeals, templates."""
