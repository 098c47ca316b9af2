"""Giving a share: whom and which customers, exactly what leaves, the file."""
