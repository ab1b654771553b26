"""Reports in, quotations out; knows nothing of Telegram."""
