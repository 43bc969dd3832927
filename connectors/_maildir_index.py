"""Which messages of a Maildir name which msg-ids: built at first need, then kept up with what comes and goes."""

import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mailhook.connectors._identity import HEADER_LIMIT, Ids, read_ids
from mailhook.connectors._maildir_files import Folder, Stored, list_names, scan_folder

_HEADER_FIRST = 8_192


class ThreadIndex:
    """Finds the messages that carry or name a msg-id without reading every file for each question.

    Holds integers only (hashes of msg-ids and of base names), so that 100,000 messages fit in few megabytes; what it
    finds is checked against the file by whoever asked.
    """

    def __init__(self) -> None:
        self._known: defaultdict[str, set[int]] = defaultdict(set)
        self._by_id: defaultdict[int, list[int]] = defaultdict(list)

    def related(self, folders: Sequence[Folder], ids: Iterable[str]) -> Iterator[tuple[Folder, Stored]]:
        """Yield the messages in these folders that are one of `ids` or name one of them, folder by folder."""
        wanted_ids = frozenset(ids)
        for folder in folders:
            self._catch_up(folder)
            wanted = {base for msg_id in wanted_ids for base in self._by_id.get(hash(msg_id), ())}
            if not wanted.isdisjoint(self._known[folder.name]):
                yield from ((folder, item) for item in scan_folder(folder) if hash(item.base) in wanted)

    def _catch_up(self, folder: Folder) -> None:
        known = self._known[folder.name]
        present = {hash(base): name for base, name in list_names(folder)}
        for base in present.keys() - known:
            ids = _read_head(folder, present[base])
            if ids is None:
                del present[base]  # renamed this very moment: the next look finds it
                continue
            for msg_id in ids.ancestors | ({ids.own} if ids.own else set()):
                self._by_id[hash(msg_id)].append(base)
        self._known[folder.name] = set(present)


def _read_head(folder: Folder, name: str) -> Ids | None:
    path = folder.path / name
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return read_ids(b"")
        with path.open("rb") as file:
            head = file.read(_HEADER_FIRST)
            if b"\n\n" not in head and b"\r\n\r\n" not in head:
                head += file.read(HEADER_LIMIT - len(head))
    except OSError:
        return None
    return read_ids(head)
