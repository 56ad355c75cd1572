"""Figures beside their limits: what we take for a job, and what the same job takes written by hand, in one run."""
