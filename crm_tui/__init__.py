"""A customer relationship system that runs in a terminal, on one SQLite file."""

__version__ = "0.1.0"
