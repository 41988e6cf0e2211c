"""Excel tables of units, members and compounds: checked row by row, then written in batches.

`check` says what a file would do and names every bad cell; `run` does it. Both go the same way, so
that the dry run cannot promise what the import does not keep. Good rows are imported and bad ones
left out: put right and sent again, the same file adds only what is missing.
"""

from youwo.organizations.imports.runs import check, check_row, run, take_file
from youwo.organizations.imports.table import Problem, Report

__all__ = ["Problem", "Report", "check", "check_row", "run", "take_file"]
