"""What comes from outside, checked by pydantic: types become JSON Schema, and errors become words by field."""
