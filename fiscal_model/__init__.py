"""Fiscal burden-sharing simulator."""
