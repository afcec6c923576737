#!/usr/bin/env python
"""Quaero's command line in a clone: `python manage.py help` lists what it can do."""

import sys

try:
    from quaero.main import main
except ModuleNotFoundError as error:
    sys.exit(f"{error}. Quaero lives in its virtual environment: `make setup` makes it, .venv/bin/python runs it.")

if __name__ == "__main__":
    main()
