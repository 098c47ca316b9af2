"""What you see: the Textual app, the only folder that imports textual."""
