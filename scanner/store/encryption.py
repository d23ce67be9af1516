"""The key that tables are encrypted with, where somebody wants them to be: Parquet modular encryption, one key for all of a file.

AES-GCM draws a nonce for each part of a file, which is safe for some billions of them under one key: tens of millions of files.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.errors import UserError

KEY_VARIABLE: Final = "SCANNER_PARQUET_KEY"
COMMAND_VARIABLE: Final = "SCANNER_PARQUET_KEY_COMMAND"
_SIZES = (16, 32)
_COMMAND_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ParquetKey:
    """A key of 128 or 256 bits; `key_id` names it without telling it."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        return hmac.new(self.secret, b"call-compliance-scanner parquet key id", hashlib.sha256).hexdigest()[:12]

    def to_write(self) -> Any:
        """What pyarrow encrypts a file with. Raises UserError when this pyarrow cannot."""
        return _pyarrow("create_encryption_properties")(self.secret)

    def to_read(self) -> Any:
        """What pyarrow decrypts a file with; it reads plain files as they are. Raises UserError when it cannot."""
        return _pyarrow("create_decryption_properties")(self.secret, allow_plaintext_files=True)


def load_parquet_key(environment: Mapping[str, str]) -> ParquetKey | None:
    """The key in SCANNER_PARQUET_KEY, or that the command in SCANNER_PARQUET_KEY_COMMAND prints; None when neither is set.

    Base64 of 16 or 32 bytes. The command is run without a shell. Raises UserError, which repeats neither key nor output.
    """
    given, command = environment.get(KEY_VARIABLE, ""), environment.get(COMMAND_VARIABLE, "")
    if given and command:
        raise UserError(f"set {KEY_VARIABLE} or {COMMAND_VARIABLE}, not both")
    if command:
        return _parsed(_printed(command), COMMAND_VARIABLE)
    return _parsed(given, KEY_VARIABLE) if given else None


def why_closed(key: ParquetKey | None) -> str:
    """What to say of an encrypted file that does not open."""
    if key is None:
        return f"it is encrypted: set {KEY_VARIABLE} or {COMMAND_VARIABLE} to the key that it was written with"
    return (
        f"it is encrypted, and the key of this environment ({key.key_id}) does not open it: set {KEY_VARIABLE} or"
        f" {COMMAND_VARIABLE} to the key that it was written with, unless the file is damaged"
    )


def _parsed(text: str, variable: str) -> ParquetKey:
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) not in _SIZES:
        raise UserError(f"{variable}: not base64 of 16 or 32 bytes (openssl rand -base64 32 makes a key)")
    return ParquetKey(secret)


def _printed(command: str) -> str:
    try:
        words = shlex.split(command)
        done = subprocess.run(  # noqa: S603 - what to run is the environment's to say
            words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=_COMMAND_TIMEOUT_S, check=False
        )
    except (ValueError, IndexError):
        raise UserError(f"{COMMAND_VARIABLE}: not a command") from None
    except subprocess.TimeoutExpired:
        raise UserError(f"{COMMAND_VARIABLE}: the command took longer than {_COMMAND_TIMEOUT_S:.0f} s") from None
    except OSError as error:
        raise UserError(f"{COMMAND_VARIABLE}: the command cannot be run ({error.strerror})") from None
    if done.returncode:
        raise UserError(f"{COMMAND_VARIABLE}: the command ended with code {done.returncode}")
    return done.stdout.decode("ascii", errors="replace")


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow.parquet.encryption as library  # noqa: PLC0415 - only for who encrypts

        return getattr(library, name)
    except (ImportError, AttributeError):
        raise UserError(f"{KEY_VARIABLE}: encryption needs a newer pyarrow: pip install --upgrade pyarrow") from None
