"""The common parts of the commands that act on jobs."""
