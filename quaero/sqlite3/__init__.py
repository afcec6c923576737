"""Django's SQLite backend, whose new databases are for their owner alone."""
