"""A command that cannot be imported."""

raise ImportError("its library is not there")
