"""Downloads of a log: all that a filter shows up to the moment of asking, in parts that leave as they are read."""
