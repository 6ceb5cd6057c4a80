"""Faults and warnings in words: one catalogue a language, in which a code names each message."""
