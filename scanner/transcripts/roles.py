"""What a speaker's label says of who it is: agent, customer, a machine of the company, or nothing."""

from __future__ import annotations

import re

from scanner.transcript import Speaker

_WORDS: dict[Speaker, frozenset[str]] = {
    "agent": frozenset(
        """agent agents agente representative rep csr tsr operator operadora operador advisor adviser associate employee staff
        specialist supervisor manager consultant executive technician dispatcher teller receptionist coordinator interviewer
        asesor asesora representante collector nurse clerk host internal service support salesperson seller advocate""".split()
    ),
    "customer": frozenset(
        """customer customers client clients cliente caller callers consumer member patient subscriber policyholder cardholder
        borrower claimant guest user shopper buyer prospect lead policyowner external debtor tenant passenger""".split()
    ),
    "system": frozenset(
        """system ivr bot chatbot voicebot callbot machine automated automation attendant virtual assistant announcement
        recording recorded prerecorded prompt robot sistema contestadora tts ai voicemail""".split()
    ),
}
_MACHINE = frozenset("virtual automated ai voice robot robotic digital auto prerecorded recorded ivr bot".split())
_NOT_IN_LABELS = frozenset(
    "my your the a an our his her their is are was to for from with and or this that these it i you we they no yes".split()
)
_MOST_WORDS = 5


def role_of(label: str) -> Speaker | None:
    """The role that a label names ("Agent 2", "CUSTOMER", "Virtual Agent"); None where it may be anybody's name."""
    words = _words(label)
    if not words or len(words) > _MOST_WORDS or _NOT_IN_LABELS & set(words):
        return None
    named = [(w, role) for w in words for role, known in _WORDS.items() if w in known]
    if not named:
        return None
    last, role = named[-1]
    if (
        role == "agent"
        and last in {"agent", "agente", "representative", "operator", "advisor"}
        and _MACHINE & set(words)
    ):
        return "system"
    return role


def plain_label(label: str) -> str:
    """The label as it is compared: without case, and with one space for all that stands between words."""
    return " ".join(re.sub(r"[\s_\-./#]+", " ", label).split()).casefold()


def is_numbered(label: str) -> bool:
    """Whether it is a label that software gives to a voice: `SPEAKER_00`, `spk_1`, `Speaker 2`, `ch_0`."""
    return (
        re.fullmatch(
            r"(?:speaker|spk|spkr|ch|chan|channel|person|participant|voice|unknown|s)\s?\d{0,3}|speaker [a-z]",
            plain_label(label),
        )
        is not None
    )


def _words(label: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)  # "VirtualAgent"
    return re.findall(r"[^\W\d_]+", spaced.casefold())
