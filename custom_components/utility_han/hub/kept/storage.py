"""How what must outlive a restart is kept: private files, each with a version, each read as far as it can be read."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from errno import EIO
from pathlib import Path
from traceback import walk_tb
from typing import Any, ClassVar, Self, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
    UnsupportedStorageVersionError,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.uuid import random_uuid_hex

from ...const import DOMAIN, LOGGER
from ...procedures import UnreadableRecordError, read_value
from . import notices as store_notices
from .versions import Migrations, Version, migrated

_OPEN: HassKey[dict[str, Any]] = HassKey(f"{DOMAIN}_files")
_UNREAD = "unread"
"""In a file, the records that could not be read, as they were."""
_WHOLE_SECTION = "*"
_WRITTEN_AGAIN = 60
"""Seconds until a file that could not be written is tried again."""


class MadeByNewerVersionError(ConfigEntryError):
    """A file was made by a version that this one knows nothing of: it is left as it is."""


class _File(Store[dict[str, Any]]):
    """Home Assistant's file, with the migrations of one kind; what the disk does not take is written once it does."""

    def __init__(
        self,
        hass: HomeAssistant,
        key: str,
        version: Version,
        migrations: Migrations,
        *,
        snapshot: Callable[[], dict[str, Any]],
    ) -> None:
        """``snapshot`` gives what is to be written where a write before it failed."""
        major, minor = version
        super().__init__(hass, major, key, private=True, atomic_writes=True, minor_version=minor)
        self._migrations = migrations
        self._snapshot = snapshot
        self.written = True
        """Whether the last write was taken."""

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        # Home Assistant's own logs it and forgets what was to be written.
        try:
            await super()._async_write_data(data)
        except (WriteError, OSError) as err:
            self.written = False
            if store_notices.async_tell_not_written(self.hass, self.key):
                LOGGER.error("%s cannot be written, which is tried again each minute: %s", self.key, err)
            self.async_delay_save(self._snapshot, _WRITTEN_AGAIN)
        else:
            self.written = True
            if store_notices.async_tell_written(self.hass, self.key):
                LOGGER.info("%s is written again", self.key)

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        return migrated(old_data, (old_major_version, old_minor_version), self._migrations)


class Kept(ABC):
    """One file; what it holds are the attributes of the class.

    Everybody who asks for it gets the same one. It is read once; what of it cannot be read does not lose the rest,
    and is kept aside in the file until a version reads it.
    """

    what: ClassVar[str]
    """What is kept, by its key in the translations."""
    suffix: ClassVar[str]
    """The last part of the file's name; the others are the domain and the entry's id."""
    version: ClassVar[Version] = (1, 1)
    migrations: ClassVar[Migrations] = {}
    vital: ClassVar[bool] = True
    """Whether a hub must not be loaded without it: a newer version's is left alone then, and not set aside."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """``entry_id`` is empty for what all hubs share."""
        self._hass = hass
        self._entry_id = entry_id
        self._file = _File(hass, self._key(entry_id), self.version, self.migrations, snapshot=self._all)
        self._writing: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()
        self._opened = False
        self._unread: list[dict[str, Any]] = []
        self._left_out: list[str] = []

    @abstractmethod
    def restore(self, data: dict[str, Any]) -> None:
        """Take up what :meth:`snapshot` gave, to this version or another; ``data`` is empty at first."""

    @abstractmethod
    def snapshot(self) -> dict[str, Any]:
        """Return what is to be kept, JSON-safe."""

    # The same for all

    @classmethod
    def _key(cls, entry_id: str) -> str:
        return ".".join(filter(None, (DOMAIN, entry_id, cls.suffix)))

    @classmethod
    async def async_get(cls, hass: HomeAssistant, entry_id: str = "") -> Self:
        """Return what is kept of a hub, read on first use; ``MadeByNewerVersionError`` where it must be left alone."""
        known, key = hass.data.setdefault(_OPEN, {}), cls._key(entry_id)
        kept = known.get(key)
        if not isinstance(kept, cls):
            kept = known[key] = cls(hass, entry_id)
        await kept.async_open()  # tried again by who asks next, where it fails: two would overwrite each other
        return kept

    @classmethod
    async def async_remove(cls, hass: HomeAssistant, entry_id: str) -> None:
        """Remove the file of a hub and its copies that were set aside, whatever is in them."""
        kept = hass.data.setdefault(_OPEN, {}).pop(cls._key(entry_id), None)
        if not isinstance(kept, cls):
            kept = cls(hass, entry_id)
        await kept.async_delete()

    async def async_save(self) -> None:
        """Write everything; on disk when this returns, unless the disk takes nothing: see :class:`_File`."""
        await self.async_write(self.snapshot())

    async def async_write(self, snapshot: dict[str, Any]) -> bool:
        """Write what :meth:`snapshot` gave; on disk when this returns True, tried again later where it is False.

        It is written to its end also for who is cancelled meanwhile: what is written after it would else be overtaken.
        """
        save = self._file.async_save(self._with_unread(snapshot))
        writing = self._hass.async_create_task(save, f"{DOMAIN} writing {self._file.key}")
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        await asyncio.shield(writing)
        return self._file.written

    def save_later(self, seconds: float = 5) -> None:
        """Write within a few seconds, for what can be found out again."""
        self._file.async_delay_save(self._all, seconds)

    async def async_open(self) -> None:
        """Read the file, once."""
        async with self._opening:
            if self._opened:
                return
            data = await self._async_read()
            try:
                self._take_up(data)
            except Exception as err:
                # Damage and a fault of our own look alike here: where it failed tells them apart.
                await self._async_lost(Path(self._file.path), err)
                self._left_out = []
                self._take_up({})
            self._opened = True
            if self._left_out:
                LOGGER.error("%s: records could not be read: %s", self._file.key, "; ".join(self._left_out))
                await store_notices.async_tell_records(
                    self._hass, self._entry_id, self.what, self._left_out, vital=self.vital
                )
                self._left_out = []

    async def async_delete(self) -> None:
        """Remove the file and its copies that were set aside, once what is being written is there; for good."""
        self._file.make_read_only()  # whoever still has it writes no more
        if self._writing:
            await asyncio.wait(self._writing)
        await self._file.async_remove()
        store_notices.async_tell_written(self._hass, self._file.key)  # nobody waits for it any more
        await self._hass.async_add_executor_job(_remove_set_aside, Path(self._file.path))

    def _take_up(self, data: dict[str, Any]) -> None:
        before = data.get(_UNREAD)
        self._unread = [each for each in before if isinstance(each, dict)] if isinstance(before, list) else []
        self.restore(data)

    def _all(self) -> dict[str, Any]:
        return self._with_unread(self.snapshot())

    def _with_unread(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        return snapshot | ({_UNREAD: self._unread} if self._unread else {})

    # Reading

    def read_records[T](self, data: Mapping[str, Any], section: str, read: Callable[[Any], T]) -> dict[str, T]:
        """Return the records of a section, each read by itself; a list has its places for keys.

        What could not be read before is tried again; what is there by the same key now is newer.
        """
        found: dict[str, T] = {}
        kept = data.get(section) or {}
        before, self._unread = self._unread, []
        for place, each in enumerate(before):
            if each.get("section") != section or each.get("key") == _WHOLE_SECTION:
                self._unread.append(each)
                continue
            # In a list it was at a place that is another's now.
            key = f"{_UNREAD} {place}" if isinstance(kept, list) else str(each.get("key"))
            try:
                found[key] = read(each.get("record"))
            except UnreadableRecordError:
                self._unread.append(each)
        if isinstance(kept, list):
            kept = {str(place): record for place, record in enumerate(kept)}
        if not isinstance(kept, dict):
            self._set_aside(section, _WHOLE_SECTION, kept, UnreadableRecordError(section, "no records"))
            return found
        for key, record in kept.items():
            try:
                found[key] = read(record)
            except UnreadableRecordError as err:
                self._set_aside(section, key, record, err)
        return found

    def unread(self, section: str) -> list[Any]:
        """Return the records of a section that could not be read, as they were."""
        return [each.get("record") for each in self._unread if each.get("section") == section]

    def _set_aside(self, section: str, key: str, record: Any, err: UnreadableRecordError) -> None:
        self._unread.append({"section": section, "key": key, "record": record, "why": str(err)})
        title = record.get("title") if isinstance(record, dict) else None
        self._left_out.append(f"{title or f'{section} {key}'} ({err})")

    def read_value(self, data: Mapping[str, Any], name: str, kind: Any, default: Any = None) -> Any:
        """Return one value; where it is missing or cannot be read, ``default``."""
        if name not in data:
            return default
        try:
            return read_value(kind, data[name], name)
        except UnreadableRecordError as err:
            self._set_aside(name, _WHOLE_SECTION, data[name], err)
            return default

    # The file

    async def _async_read(self) -> dict[str, Any]:
        path, data = Path(self._file.path), None
        failure: Exception | None = None
        lost = await self._hass.async_add_executor_job(path.is_file)
        try:
            data = await self._file.async_load()
        except UnsupportedStorageVersionError as err:
            if self.vital:
                raise self._newer() from err
            lost, failure = True, err
        except HomeAssistantError as err:
            # The disk, and not what is on it: nothing is lost yet.
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="store_not_read",
                translation_placeholders={"title": self._title},
            ) from err
        except Exception as err:
            # Not what was written, or nothing that the migrations can work with.
            lost, failure = True, err
        if isinstance(data, dict):
            return data
        if lost:
            await self._async_lost(path, failure)
        return {}

    @property
    def _title(self) -> str:
        return store_notices.title_of(self._hass, self._entry_id)

    def _newer(self) -> MadeByNewerVersionError:
        store_notices.async_tell_newer(self._hass, self._entry_id, self._file.key)
        return MadeByNewerVersionError(
            translation_domain=DOMAIN,
            translation_key="made_by_newer_version",
            translation_placeholders={"title": self._title},
        )

    async def _async_lost(self, path: Path, failure: Exception | None) -> None:
        """Set the file aside, and say what was lost."""
        file = await self._hass.async_add_executor_job(_set_aside, path)
        words = "%s could not be read and begins anew; it is kept as %s (%s)"
        LOGGER.error(words, self._file.key, file, _where(failure))
        LOGGER.debug("%s", self._file.key, exc_info=failure)
        # Home Assistant says that the file is damaged; we say that and what it means.
        for domain, issue_id in list(ir.async_get(self._hass).issues):
            if issue_id.startswith(f"storage_corruption_{self._file.key}_"):
                ir.async_delete_issue(self._hass, domain, issue_id)
        await store_notices.async_tell_unreadable(
            self._hass, self._entry_id, self.what, file or self._file.key, vital=self.vital
        )


_CORRUPT, _SET_ASIDE = "corrupt", "unreadable"
"""How Home Assistant marks a file that is no JSON, and we one that is none of ours."""


class KeptForOne(Kept):
    """A file of which something is of one account at a utility, and nothing to another that is linked in its place."""

    whose: str | None = None
    """Whose that is, by what no two share; None where it is not known."""

    @abstractmethod
    def begin_anew(self) -> None:
        """Forget what is of the one before."""

    def note_whose(self, whose: str | None) -> None:
        """Take note of who is linked; None, of whom nothing is known, changes nothing."""
        if whose is None or whose == self.whose:
            return
        if self.whose is not None:
            self.begin_anew()
        self.whose = whose
        self.save_later()


def _where(failure: Exception | None) -> str:
    """Say what failed, and where in the code; not what it says, which may be of what is kept."""
    if failure is None:
        return "it holds no record"
    *_, (frame, line) = walk_tb(failure.__traceback__)
    return f"{type(failure).__name__} in {frame.f_globals.get('__name__')}, line {line}"


def _set_aside(path: Path) -> str | None:
    """Rename a file that cannot be read, unless Home Assistant did; return the name under which it is kept."""
    if path.is_file():
        return path.rename(f"{path}.{_SET_ASIDE}.{dt_util.utcnow().isoformat()}").name
    return max((each.name for each in path.parent.glob(f"{path.name}.{_CORRUPT}.*")), default=None)


def _remove_set_aside(path: Path) -> None:
    for mark in (_CORRUPT, _SET_ASIDE):
        for each in path.parent.glob(f"{path.name}.{mark}.*"):
            each.unlink(missing_ok=True)


async def async_probe_storage(hass: HomeAssistant) -> None:
    """Write something and read it back; ``OSError`` if that is not what was written."""
    written = {"written": random_uuid_hex()}
    store: Store[dict[str, str]] = Store(hass, 1, f"{DOMAIN}.self_check")
    await store.async_save(written)
    read = await Store[dict[str, str]](hass, 1, store.key).async_load()
    await store.async_remove()
    if read != written:
        raise OSError(EIO, "what was written could not be read back")
