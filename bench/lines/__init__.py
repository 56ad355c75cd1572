"""One module a line: each offers `run(folder) -> Figure`."""
