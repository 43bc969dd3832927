"""What to answer: the channel, the plan, the text, the tone check, and the bytes of the draft."""
