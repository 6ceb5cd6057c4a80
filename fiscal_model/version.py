"""The version of the package, where whatever prints it finds it."""

__version__ = "0.1.0"
