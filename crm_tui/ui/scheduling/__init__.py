"""Parts of the screens of the schedule."""
