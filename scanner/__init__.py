"""Scans contact-center call recordings for missing consent disclosures and spoken personal data."""

__version__ = "0.1.0"
