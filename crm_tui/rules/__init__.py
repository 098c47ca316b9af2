"""What is true: pure functions without SQL, screen or clock."""
