"""The site: reads what the pipeline wrote to disk. Of the pipeline only ``catalogue`` and ``errors``."""
