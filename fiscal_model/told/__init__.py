"""What an analyst is told of a budget beside its figures: gaps, rows that act on nothing, figures
that are hard to believe.
"""
