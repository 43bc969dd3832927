"""What arrived: bytes become a frozen Message, whatever the bytes are."""
