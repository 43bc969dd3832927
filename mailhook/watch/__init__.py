"""The service: watches every account, catches up after every trouble, and stops cleanly."""
