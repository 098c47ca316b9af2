"""What you can do: one file a noun, one transaction a public method."""
