"""What is published: shows, their people, organisations, topics and rhythm."""
