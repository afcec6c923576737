"""Django's SQLite backend, with new databases that only their owner can read."""
