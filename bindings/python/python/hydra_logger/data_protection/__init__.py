"""Protection of sensitive data. This version has none: records are written as they are."""
