"""What has been done: cursors, messages judged, drafts and their states. Nothing of a message's body or subject is kept."""
