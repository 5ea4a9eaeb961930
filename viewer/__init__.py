"""The site: reads what the pipeline wrote to disk. Imports only ``pipeline.catalogue`` and ``pipeline.errors``."""
