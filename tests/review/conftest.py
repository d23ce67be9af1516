"""Fixtures of the review page; they live in a module of a name of its own, which tests can import from."""

from review_fixtures import *  # noqa: F403 - pytest finds fixtures by the names in this module
