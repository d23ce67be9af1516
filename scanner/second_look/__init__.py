"""Stretches of a call heard again where something hangs on them: notices, answers, what accuses, and numbers.

`stretches` says where, `ways` how often and what is made of it; the others each say when it pays.
"""
