"""Units, their members and enrolments, slips, and tables in and out."""
