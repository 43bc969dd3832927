"""What has been done: cursors, judgements, and each draft with its state."""
