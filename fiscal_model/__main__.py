"""``python -m fiscal_model``."""

from fiscal_model.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
