"""For `jobs/conf.py`: how settings are read and named."""
