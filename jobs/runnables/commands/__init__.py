"""Management commands as registered jobs: QUAERO_COMMANDS names them, their parameters come from their parsers."""
