"""One module a format, read and/or write."""
