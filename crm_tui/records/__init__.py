"""What is kept: one SQLModel class a noun, the single definition of a field."""
