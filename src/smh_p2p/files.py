"""Files and folders, written whole or not at all: a failure leaves what was there."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


def write_file(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file.

    Raises:
        OSError: It cannot be written.
    """
    target = Path(os.path.realpath(path))  # a link keeps pointing to the file that it points to
    temporary = _beside(target)
    with _told_of(path):
        try:
            _write(content, temporary)
            with suppress(FileNotFoundError):  # a new file has no permissions to keep
                shutil.copymode(target, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def write_folder(files: Mapping[str, bytes], path: str | os.PathLike[str]) -> None:
    """Write a folder of files: a new one, or in place of one that holds no others than these.

    Raises:
        FileExistsError: The folder holds another file, which would be lost.
        OSError: The folder cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and (others := {each.name for each in target.iterdir()} - files.keys()):
        reason = f"holds {min(others)!r}, which would be lost"
        raise FileExistsError(errno.EEXIST, reason, str(target))
    staging, old = _beside(target), _beside(target)
    with _told_of(path):
        try:
            staging.mkdir()
            for name, content in files.items():
                _write(content, staging / name)
            if target.exists():
                target.rename(old)
            try:
                staging.rename(target)
            except OSError:
                if old.exists():
                    old.rename(target)
                raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _told_of(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let an error name the path that was asked for, and not one that stood in for it."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            error.filename, error.filename2 = os.fspath(path), None
        raise


def _beside(target: Path) -> Path:
    return target.with_name(f".{secrets.token_hex(8)}.tmp")


def _write(content: bytes, path: Path) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
