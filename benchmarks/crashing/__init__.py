"""An app with a registered job that declares retries, for `run_crashes`."""
