"""Working time: office hours, holidays, make-up working days, and deadlines that explain it."""
