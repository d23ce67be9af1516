"""Object storage behind fsspec: which package speaks to it, and one kind of error for whatever that package raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_EXTRAS = {
    **dict.fromkeys(("s3", "s3a"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gcs"),
    **dict.fromkeys(("abfs", "abfss", "az"), "azure"),
}
_PACKAGES = frozenset("botocore aiobotocore s3fs aiohttp fsspec gcsfs google adlfs azure requests urllib3".split())
"""Whose errors are about the storage, though they are no OSErrors."""
_CHANGED = ("LastModified", "mtime", "last_modified", "updated", "created")
"""Where each storage says when a file was changed."""


def is_uri(place: str) -> bool:
    """Whether a place is named by a URI rather than by a path; a `file://` URI counts as a path."""
    return "://" in place and not place.startswith("file://")


def file_system(uri: str) -> tuple[AbstractFileSystem, str]:
    """The storage that a URI names, and how it names the place. Raises OSError that says what to install.

    Characters such as `#`, `?` and `%` belong to the name; nothing is decoded. Listings are never remembered: what others
    write is seen.
    """
    import fsspec  # noqa: PLC0415 - only for what lies elsewhere

    scheme = uri.partition("://")[0].lower()
    with storage_errors():
        try:
            made = fsspec.get_filesystem_class(scheme)  # type: ignore[no-untyped-call]
        except ImportError as error:
            extra = _EXTRAS.get(scheme)
            needed = f"pip install 'call-compliance-scanner[{extra}]'" if extra else str(error)
            raise OSError(f"what speaks to {scheme}:// is not installed: {needed}") from error
        except ValueError as error:
            raise OSError(f"no storage is known as {scheme}://") from error
        system = made(**made._get_kwargs_from_urls(uri), use_listings_cache=False)  # noqa: SLF001 - as fsspec itself does
        return system, str(made._strip_protocol(uri))  # noqa: SLF001


@contextmanager
def storage_errors() -> Iterator[None]:
    """Whatever a storage's package raises meanwhile becomes an OSError of one line; other errors stay as they are."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        if any(made.__module__.partition(".")[0] in _PACKAGES for made in type(error).__mro__):
            raise OSError((str(error).strip().splitlines() or [type(error).__name__])[0]) from error
        raise


@contextmanager
def open_file(uri: str) -> Iterator[BinaryIO]:
    """The file at a URI, open for reading; whatever goes wrong while it is open is an OSError."""
    with storage_errors():
        system, path = file_system(uri)
        with system.open(path, "rb") as file:  # type: ignore[no-untyped-call]
            yield cast("BinaryIO", file)


def file_info(uri: str) -> dict[str, Any] | None:
    """What the storage says of the file at a URI; None when there is no such file. Raises OSError."""
    with storage_errors():
        system, path = file_system(uri)
        try:
            info: dict[str, Any] = system.info(path)  # type: ignore[no-untyped-call]
        except FileNotFoundError:
            return None
        return info if info.get("type") == "file" else None


def size_and_mtime(info: Mapping[str, Any]) -> tuple[int, int | None]:
    """(bytes, nanoseconds since 1970 of the last change), as a storage's listing tells them."""
    changed = next((info[k] for k in _CHANGED if info.get(k)), None)
    if isinstance(changed, str):
        changed = datetime.fromisoformat(changed)
    if isinstance(changed, datetime):
        changed = changed.timestamp()
    return int(info.get("size") or 0), None if changed is None else round(changed * 1e6) * 1000
