"""Spanish notices and requests, in Spanish transcripts and inside English ones; accents are already folded."""

from __future__ import annotations

import re

from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

TRIGGERS = frozenset(
    """llamada llamadas yamada yamadas conversacion linea grabada grabadas grabamos graban graba grabar grabando grabado grabada gravada grabacion
    grabaciones monitoreada grabe grabo grabemos grabaremos grabara""".split()
)
_CALL = "(?:(?:esta|la|su|sus|las|todas|nuestras|toda|mi|esa|nuestra|una) )*(?:l?yamadas?|llamadas?|conversacion(?:es)?|lineas?)"
_PP = "(?:grabad[ao]s?|gravad[ao]s?|monitoread[ao]s?|registrad[ao]s?)"
_DONE = any_of(
    f"{_CALL} (?:[a-z]+ ){{0,6}}?(?:puede|pueden|podria|podran|podra|sera|seran|es|son|esta|estan|va|van|este|siendo|ser|queda) (?:[a-z]+ ){{0,4}}?{_PP}",
    f"{_CALL} (?:[a-z]+ ){{0,2}}?(?:se|que se) (?:[a-z]+ ){{0,2}}?(?:graban?|grabara|grabando|graba)",
    f"(?:grabamos|grabaremos|estamos grabando|estoy grabando|vamos a grabar|voy a grabar|monitoreamos) (?:[a-z]+ ){{0,2}}?{_CALL}",
    f"{_CALL} {_PP}",
    "esta (?:siendo )?(?:grabando|grabado) (?:esta|la) llamada|linea grabada",
    f"se (?:graban?|esta grabando|estan grabando) (?:[a-z]+ ){{0,2}}?{_CALL}",
)
_ASK = any_of(
    "(?:me|nos) (?:permite|permites|permitiria|autoriza|autorizas|da (?:su )?permiso|deja) (?:[a-z]+ ){0,3}?(?:grabar|que grab[a-z]+)",
    "(?:esta|estaria|estas) (?:usted )?(?:de acuerdo|bien|conforme) (?:[a-z]+ ){0,5}?(?:grabar|grab[a-z]+|grabacion)",
    "(?:le|te) (?:parece bien|importa|molesta|incomoda) (?:[a-z]+ ){0,3}?(?:grab[a-z]+)",
    "(?:puedo|podemos|podria) (?:[a-z]+ )?grabar (?:[a-z]+ ){0,2}?(?:llamada|conversacion|esto)",
    "(?:acepta|autoriza|consiente|aceptas) (?:usted )?(?:[a-z]+ ){0,3}?(?:grab[a-z]+)",
    "(?:tengo|tenemos|necesito) (?:su )?(?:permiso|consentimiento|autorizacion) (?:[a-z]+ ){0,2}?(?:grab[a-z]+)",
)
_OFFER = rx(
    "(?:si|en caso de que) (?:usted )?no (?:desea|quiere|esta de acuerdo|desee|acepta) (?:[a-z]+ ){0,5}?(?:grab[a-z]+)"
)
_REFUSE = any_of(
    "no (?:quiero|deseo|autorizo|acepto|doy permiso|permito|consiento|estoy de acuerdo) (?:[a-z]+ ){0,5}?(?:grab[a-z]+)",
    "no me grabe|no grabe|deje de grabar|no quiero (?:que )?(?:me )?grab[a-z]+",
)
_GRANT = any_of(
    "(?:si|claro) (?:[a-z]+ )?(?:puede|acepto|autorizo|permito) (?:[a-z]+ ){0,3}?grab[a-z]+", "(?:puede|pueden) grabar"
)
_NOT = re.compile(r"\bno\b(?! (?:cuelgue|se preocupe|obstante))")
_OTHER = re.compile(r"\b(?:anterior|ultima|ayer|pasada|fue|fueron|era|estaba)\b")


def hear_spanish(sentence: Sentence, *, company: bool) -> tuple[list[Said], list[Range]]:
    """What a sentence says in Spanish; the second is masks for the English ear."""
    text = sentence.text
    if not company:
        for kind, pattern in (("consent_refused", _REFUSE), ("consent_granted", _GRANT)):
            match = pattern.search(text)
            if match:
                return [said(kind, sentence, Range(*sentence.range_of(match)), 0.85)], []  # type: ignore[arg-type]
        return [], []
    match = _OFFER.search(text)
    if match:
        at = Range(*sentence.range_of(match))
        return [said("opt_out_offered", sentence, at, 0.85)], [at]
    match = _ASK.search(text)
    if match:
        return [said("consent_request", sentence, Range(*sentence.range_of(match)), 0.88)], []
    match = _DONE.search(text)
    if not match or _OTHER.search(match[0]):
        return [], []
    at = Range(*sentence.range_of(match))
    negative = bool(_NOT.search(match[0]) or sentence.left(at.first, 1) == "no")
    return [said("recording_denied" if negative else "recording", sentence, at, 0.9)], []
