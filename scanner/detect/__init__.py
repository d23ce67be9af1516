"""What was said, by whom, when: facts from words, without law."""

DETECTOR_VERSION = "21"
"""Changes whenever a detector hears something else than before: stored facts of an older version are heard anew."""
