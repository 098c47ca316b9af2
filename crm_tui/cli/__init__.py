"""What you type: one function a command."""
