"""One module a command; each holds one ``command``. ``pipeline.cli`` loads the one that is called."""
