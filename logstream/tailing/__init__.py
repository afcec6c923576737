"""Following a log in a terminal: choosing what, following it in the database, printing it safely."""
