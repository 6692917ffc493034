"""The first show: in English, every second Sunday, with a partner."""
