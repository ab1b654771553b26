"""What the ``yinju`` command can do: one file a topic."""
