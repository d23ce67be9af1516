"""Where words came from, as rows say it in the place of the speech model: by it a transcript that was read is known again."""

from __future__ import annotations

import hashlib
import re

from scanner.transcripts.voices import Names

_ANY = "transcript:*"


def model_id_of(source: str, names: Names) -> str:
    """`transcript:webvtt`; names that somebody gave are part of the reading, and go with it as a digest."""
    given = hashlib.sha256(repr(sorted(names.items())).encode()).hexdigest()[:8] if names else ""
    return _ANY.replace("*", source) + (f"+names-{given}" if given else "")


def any_model_id(names: Names) -> str:
    """The same for a whole run, whose transcripts come from anywhere."""
    return model_id_of("*", names)


def reads(run_id: str) -> bool:
    """Whether a run with this as its speech model reads transcripts."""
    return run_id.startswith(_ANY)


def is_from(model_id: str | None, run_id: str) -> bool:
    """Whether a row's words came as they would come in a run whose speech model is `run_id`, transcripts or not."""
    if not reads(run_id):
        return model_id == run_id
    return re.fullmatch(re.escape(run_id).replace(r"\*", "[a-z-]+"), model_id or "") is not None
