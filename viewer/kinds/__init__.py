"""Kinds of exhibit page: one module here, one template and one client entry of the same name."""
