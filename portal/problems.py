"""What can go wrong on somebody's machine, said in one line with the way out. No Django here."""

import shutil
from pathlib import Path

LEAST_SPACE = 1024**3  # bytes


class Problem(SystemExit):
    """Ends the command with one clear line and exit code 1."""


def require_space(folder: Path) -> None:
    """Raises Problem when less than 1 GB is free where `folder` is."""
    free = shutil.disk_usage(folder).free
    if free < LEAST_SPACE:
        raise Problem(
            f"磁盘空间不足 The disk is nearly full: {free // 2**20} MB free for {folder}, "
            f"1024 MB needed. Free some space, or set DATA_DIR to a folder on another disk."
        )
