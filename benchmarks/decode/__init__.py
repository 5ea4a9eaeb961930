"""Draco or meshopt: bytes on the wire, and time to geometry by the viewer's own decoders in a browser."""
