import hashlib
from pathlib import Path

import scanner.review

STATIC = Path(scanner.review.__file__).parent / "static"


def test_htmx_is_the_published_file():
    """Byte for byte what the package on npm holds, with its licence beside it."""
    digest = hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest()
    assert digest == "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text()


def test_nothing_is_evaluated_or_kept_in_the_browser():
    """The strict content policy would stop the first; the second would leave calls behind on a shared desk."""
    own = "".join(p.read_text() for p in STATIC.glob("*.js") if p.name != "htmx.min.js")
    for word in ("eval(", "new Function", "innerHTML", "document.write", "sessionStorage", "indexedDB"):
        assert word not in own
    assert (
        own.count("localStorage") == own.count('localStorage.getItem("theme")') + 2
    )  # the theme, and the small helper
