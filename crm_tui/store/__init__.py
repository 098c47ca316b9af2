"""Where it is kept: connections, transactions, journal, search, windows, backups."""
