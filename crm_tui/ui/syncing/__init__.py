"""What the screens *Sync* and *Conflicts* are made of."""
