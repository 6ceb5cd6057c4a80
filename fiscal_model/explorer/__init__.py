"""The explorer: controls beside figures in a notebook. What moves them is :mod:`study`, which needs
no notebook; :mod:`panel` is a thin layer of widgets.
"""
