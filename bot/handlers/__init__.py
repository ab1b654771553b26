"""Update in, reply out: thin, one file a topic."""
