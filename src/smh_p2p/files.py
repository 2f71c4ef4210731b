"""Files and folders, written whole or not at all: a failure leaves what was there."""

import errno
import os
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_SYSTEM = ("dev", "proc")  # where a name may stand for a file that somebody else has open


def write_file(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file; to a device, a pipe or what `/dev` stands for, add the content.

    Raises:
        OSError: It cannot be written.
    """
    with _told_of(path):
        given = Path(path)
        if given.exists() and not (given.is_file() and given.absolute().parts[1] not in _SYSTEM):
            with given.open("ab") as file:
                file.write(content)
            return
        target = Path(os.path.realpath(path))  # a link keeps pointing to the file that it points to
        temporary = _beside(target)
        try:
            _write(content, temporary)
            with suppress(FileNotFoundError):  # a new file has no permissions to keep
                shutil.copymode(target, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def write_folder(files: Mapping[str, bytes], path: str | os.PathLike[str]) -> None:
    """Write a folder of files: a new one, or in place of an empty one or one of just these files.

    Raises:
        FileExistsError: The folder holds something else, which would be lost.
        OSError: The folder cannot be written.
    """
    with _told_of(path):
        target = Path(os.path.realpath(path))
        if target.exists():
            _check_replaceable(target, files.keys())
        staging, old = _beside(target), _beside(target)
        try:
            staging.mkdir()
            for name, content in files.items():
                _write(content, staging / name)
            if target.exists():
                shutil.copymode(target, staging)
                target.rename(old)
            staging.rename(target)
        finally:
            if old.exists() and not target.exists():
                old.rename(target)
            for each in (staging, old):
                with suppress(OSError):
                    each.chmod(0o700)  # a folder that may not be written is not emptied
                shutil.rmtree(each, ignore_errors=True)


def _check_replaceable(folder: Path, names: Collection[str]) -> None:
    if Path.cwd().is_relative_to(folder):
        raise OSError(errno.EBUSY, "is the folder that is worked in; name another", str(folder))
    there = list(folder.iterdir())
    ours = [each for each in there if each.name in names and each.is_file()]
    if there and not len(there) == len(ours) == len(names):
        others = [each for each in there if each not in ours] or there
        reason = f"holds {min(others).name!r}, which would be lost"
        raise FileExistsError(errno.EEXIST, reason, str(folder))


@contextmanager
def _told_of(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let an error name the path that was asked for, and not one that stood in for it."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from error
    except ValueError as error:  # no path at all, such as one with a NUL
        raise OSError(errno.EINVAL, str(error), os.fspath(path)) from error


def _beside(target: Path) -> Path:
    return target.with_name(f".{secrets.token_hex(8)}.tmp")


def _write(content: bytes, path: Path) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
