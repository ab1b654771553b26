"""What a process of ours is given that a program starts beside itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def environment() -> dict[str, str]:
    """Give a child what it needs to find our packages where we found them, and none of our settings.

    The bot's token is none of its business: what it reads may take it over.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "YINJU_"))}
    return {**plain, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
