"""How a release reaches a subscriber: one file for each channel."""
