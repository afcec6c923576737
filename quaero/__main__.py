"""`python -m quaero COMMAND`: as `quaero COMMAND`, for this Python."""

from quaero.main import main

if __name__ == "__main__":
    main()
