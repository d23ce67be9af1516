"""The two tables of an output folder, column by column; nothing else says what they look like.

The first columns of each are what every reader may rely on. The ones after them let a call be judged again under
another policy without its audio, and a recording be recognised without hearing it again. More may be added, none renamed.
"""

from __future__ import annotations

import pyarrow as pa

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")

_SPAN = [("start_s", pa.float64()), ("end_s", pa.float64())]
_HEARD = [("speaker", pa.string()), *_SPAN, ("confidence", pa.float64())]

DISCLOSURE = pa.struct(
    [
        ("kind", pa.string()),
        *_HEARD,
        ("excerpt", pa.string()),
        ("basis", pa.string()),
        ("speaker_confidence", pa.float64()),
    ]
)
TURN = pa.struct([("speaker", pa.string()), *_SPAN, ("text", pa.string())])
SPEECH = pa.struct([("speaker", pa.string()), *_SPAN])
EVENT = pa.struct([("kind", pa.string()), *_HEARD])
PERSONAL_DATA = pa.struct(
    [
        ("entity_type", pa.string()),
        *_HEARD,
        ("parts", pa.list_(pa.struct(_SPAN))),
        ("value_hmac", pa.string()),
        ("excerpt", pa.string()),
    ]
)
MATTER = pa.struct([("sensitivity", pa.string()), *_HEARD])
AUDIO_PROBLEM = pa.struct([("kind", pa.string()), *_SPAN, ("channel", pa.int32())])

CALLS = pa.schema(
    [
        ("call_id", pa.string()),
        ("recording_uri", pa.string()),
        ("recording_sha256", pa.string()),
        ("duration_s", pa.float64()),
        ("speech_s", pa.float64()),
        ("channels", pa.int32()),
        ("sample_rate", pa.int32()),
        ("language", pa.string()),
        ("language_confidence", pa.float32()),
        ("started_at", UTC_MICROSECONDS),
        ("agent_id", pa.string()),
        ("queue", pa.string()),
        ("jurisdiction", pa.string()),
        ("jurisdiction_source", pa.string()),
        ("coverage", pa.string()),
        ("uncovered_s", pa.float64()),
        ("sensitivity", pa.string()),
        ("verdict", pa.string()),
        ("severity", pa.string()),
        ("disclosures", pa.list_(DISCLOSURE)),
        ("training_eligible", pa.bool_()),
        ("training_ineligible_reasons", pa.list_(pa.string())),
        ("transcript", pa.list_(TURN)),
        ("policy_id", pa.string()),
        ("policy_sha256", pa.string()),
        ("model_id", pa.string()),
        ("scanner_version", pa.string()),
        ("scan_id", pa.string()),
        ("scanned_at", UTC_MICROSECONDS),
        ("error", pa.string()),
        # what is known about the call besides its sound; the caller's number is only here as a keyed hash
        ("caller_state", pa.string()),
        ("caller_region", pa.string()),
        ("caller_hmac", pa.string()),
        ("agent_channel_named", pa.int32()),  # by the metadata
        ("agent_channel", pa.int32()),  # as judged
        ("agent_channel_source", pa.string()),
        ("third_party", pa.string()),
        ("ai_analysis", pa.bool_()),
        ("ai_training", pa.bool_()),
        ("consent_on_file", pa.list_(pa.string())),
        ("consent_on_file_at", UTC_MICROSECONDS),
        ("opted_out_at", UTC_MICROSECONDS),
        ("metadata_hmac", pa.string()),
        # facts that judging needs
        ("speech", pa.list_(SPEECH)),
        ("events", pa.list_(EVENT)),
        ("personal_data", pa.list_(PERSONAL_DATA)),
        ("matters", pa.list_(MATTER)),
        ("audio_problems", pa.list_(AUDIO_PROBLEM)),
        ("detector_id", pa.string()),
        ("model_compute", pa.string()),  # device and numbers, as "cpu int8_float32"; no part of what is heard alike
        ("value_hmac_key_id", pa.string()),
        # how the recording is recognised, and where its bytes were seen before
        ("file_size", pa.int64()),
        ("file_mtime_ns", pa.int64()),
        ("copy_of", pa.string()),
        ("moved_from", pa.string()),
        ("failure", pa.string()),
    ]
)

FINDINGS = pa.schema(
    [
        ("finding_id", pa.string()),
        ("call_id", pa.string()),
        ("recording_sha256", pa.string()),
        ("scan_id", pa.string()),
        ("rule", pa.string()),
        ("category", pa.string()),
        ("status", pa.string()),
        ("severity", pa.string()),
        ("entity_type", pa.string()),
        ("speaker", pa.string()),
        ("start_s", pa.float64()),
        ("end_s", pa.float64()),
        ("confidence", pa.float32()),
        ("excerpt", pa.string()),
        ("value_hmac", pa.string()),
        ("explanation", pa.string()),
        ("reference", pa.string()),
        ("value_hmac_key_id", pa.string()),
        ("recording_uri", pa.string()),
        ("scanned_at", UTC_MICROSECONDS),
    ]
)
