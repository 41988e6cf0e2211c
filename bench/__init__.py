"""Speed and size, always beside a limit measured in the same run."""
