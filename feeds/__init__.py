"""How the world hears of a show: RSS documents, and serving them and the audio."""
