"""What can go wrong, and whose turn it is then.

* ScannerError
  + UserError            the run cannot start or go on: the message names file and key, exit 2
    - PolicyError        a policy file is wrong
    - ManifestError      a manifest or sidecar is wrong
    - ModelError         a model is missing or is not what it should be
    - OutputError        the output folder cannot be written or read
  + RecordingError       this one call: a row with verdict "failed", the run goes on
    - MissingRecording       named, but not there
    - UnreadableRecording    there, but cannot be read
      + UnreadableTranscript   there, but it is no transcript that is known
    - UndecodableRecording   read, but no audio comes out of it
    - ScanTimeout            it took longer than the policy allows

Anything else that surfaces is a bug in scanner. No message carries a spoken word.
"""


class ScannerError(Exception):
    """Base of everything that scanner raises on purpose."""


class UserError(ScannerError):
    """The run cannot start or go on; the message is for the person at the terminal."""


class PolicyError(UserError):
    """A policy file is wrong; the message names file and key."""


class ManifestError(UserError):
    """A manifest or sidecar is wrong; the message names file, line and column."""


class ModelError(UserError):
    """A model is missing or is not what it should be; the message says what to install."""


class OutputError(UserError):
    """The output folder cannot be written or read."""


class RecordingError(ScannerError):
    """One call cannot be scanned; it becomes a row with verdict ``failed``."""


class MissingRecording(RecordingError):
    """The manifest names a recording that is not there."""


class UnreadableRecording(RecordingError):
    """The recording is there but cannot be read."""


class UnreadableTranscript(UnreadableRecording):
    """What was given as a transcript is none that is known; reading it again costs nothing, as a recording it may do."""


class UndecodableRecording(RecordingError):
    """No audio can be decoded from the recording."""


class ScanTimeout(RecordingError):
    """The call took longer than the time limit per call."""
