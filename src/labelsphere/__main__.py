"""``python -m labelsphere``: the command line without its script."""

import sys

from labelsphere.cli import main

if __name__ == "__main__":
    sys.exit(main())
