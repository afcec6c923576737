"""An app with registered jobs of its own."""
