"""The default adapter: each message becomes a file, so that a demo user can open it."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from procurement.notifications.channels.interface import Note


class Files:
    """Writes settings.MESSAGES_DIR/<channel>-<key>.json; sent again, it is the same file."""

    def send(self, note: Note) -> str:
        """Write the message for the owner's eyes only and return the file's name."""
        folder = Path(settings.MESSAGES_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{note.channel.value}-{note.key}.json"
        fresh = path.with_suffix(".part")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(note), file, ensure_ascii=False, indent=1)
        fresh.replace(path)
        return path.name
