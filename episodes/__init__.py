"""What goes out and when: episodes, credits, slots and their audio."""
