"""Every sentence the bot says, by language."""
