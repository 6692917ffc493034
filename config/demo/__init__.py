"""The demo's two shows: their texts as data, their sounds and covers, and what seeds them."""
