"""Units and their branches, who belongs to them, and their enrolments in communities."""
