"""Speed and size, always beside a limit measured in the same run.

Each work is a module with `run(size) -> list[Result]`, called in a process whose settings are
`bench.settings` and whose default database, given by DATABASE_URL, is empty but migrated.
"""
