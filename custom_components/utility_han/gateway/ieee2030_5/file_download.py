"""What a gateway has for devices to load: the File Download function set (FileList and File of sep.xsd).

Its server "has" files, and a loading device fetches, verifies and activates one that is meant for it (mfID, mfModel,
mfHwVer, lFDI). Home Assistant is no such device: its own updates come by other ways, and devices that it speaks for
have firmware of their makers. So files are told of, and nothing is loaded; a FileStatus, which says how far loading
has come, is nothing that we have.
"""

from py20305.models import sep

from ..model import FileKind, FileNotice
from .reader import Reader, page_of
from .resources import moment

_MOST = 20
_KINDS = {0: FileKind.FIRMWARE, 1: FileKind.CREDENTIAL, 2: FileKind.CONFIGURATION}
"""File.type: 00 software image, 01 security credential, 02 configuration, 03 log; others are reserved or a maker's."""


async def read_files(reader: Reader, href: str) -> list[FileNotice]:
    """Return the first files of the FileList at ``href``."""
    page = await reader.get(page_of(href, 0, _MOST), sep.FileList)
    return [_notice(each) for each in page.file[:_MOST]]


def _notice(file: sep.File1) -> FileNotice:
    return FileNotice(
        kind=_KINDS.get(int.from_bytes(file.type_value), FileKind.OTHER),
        model=file.mf_model,
        version=file.mf_ver,
        lfdi=file.l_fdi.hex().upper() if file.l_fdi else None,
        activates=moment(file.activate_time.value) if file.activate_time is not None else None,
    )
