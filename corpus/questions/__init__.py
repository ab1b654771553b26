"""What a question asks: its kind, its words and what reports say instead, the names and years that bind its answer."""
