"""Figures, never opinions: deviation, colour, texels, budget."""
