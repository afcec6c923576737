"""`tail`: reads its options, follows a log in the database, and prints it safely."""
