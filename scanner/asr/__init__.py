"""Speech to words: the `Transcriber` seam, its scripted fake, and faster-whisper behind it."""

from scanner.asr.transcriber import CallSpeech, ChannelSpeech, LanguageGuess, Samples, ScriptedTranscriber, Transcriber

__all__ = ["CallSpeech", "ChannelSpeech", "LanguageGuess", "Samples", "ScriptedTranscriber", "Transcriber"]
