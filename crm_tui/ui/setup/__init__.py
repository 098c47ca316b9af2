"""The sections of *Setup*, one class each."""
