"""What was said, by whom, when: facts from words, without law."""

DETECTOR_VERSION = "44"
"""Changes whenever a detector hears something else than before: stored facts of an older version are heard anew."""


def detector_id(vocabulary_sha256: str) -> str:
    """What hears facts: the detectors' version and a policy's vocabulary, which is part of the ear."""
    return f"{DETECTOR_VERSION}+{vocabulary_sha256[:12]}"
