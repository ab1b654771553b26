"""Values to text and buttons: pure, and the only place where markup is made."""
