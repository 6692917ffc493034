"""One module for each kind of page. A view reads the clock, asks for rows and renders."""
