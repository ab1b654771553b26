"""One module a format: bytes to lines with where they came from."""
