"""From a scan folder to measured derivatives. One direction only: nothing here knows the site."""

__version__ = "0.1.0"
