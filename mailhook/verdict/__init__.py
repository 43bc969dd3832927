"""What a message says: a verdict that shows its evidence, the stage, and the facts."""
