"""What the commands that act on jobs have in common."""
