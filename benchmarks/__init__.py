"""Ours and the peers on the same input in the same run. Every claim of speed or size comes from here."""
