"""The parts of the import wizard: the path, the columns, the child process, its report."""
