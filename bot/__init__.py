"""The only package that knows Telegram."""
