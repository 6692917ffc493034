"""The second show: in Russian, every Wednesday, serial, invented from end to end."""
