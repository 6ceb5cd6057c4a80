"""Charts of results. matplotlib is loaded when the first one is drawn."""
