"""For `jobs/conf.py`: how settings are read, checked and named."""
