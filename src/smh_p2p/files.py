"""Files and folders, written whole or not at all: a failure leaves what was there.

What is new is written to a place beside its target and then takes the target's name in one step. A
writer that is killed may leave its place behind; the next writer of the same target removes it.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from io import FileIO
from itertools import count
from pathlib import Path

from smh_p2p.errors import brief

# Where each name stands for a file that a process has open.
_DESCRIPTORS = re.compile(r"/proc/[0-9]+(?:/task/[0-9]+)?/fd|/dev/fd")
# Why a file may not be replaced that may be written: its folder is closed, or it is a mount point.
_NOT_REPLACED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV}
_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # of opening what is there
_PLACES = 8  # beside a target, for as many writers at once that clear up after each other


def write_file(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file.

    A device, a pipe, and a path that stands for an open file, such as `/dev/stdout`, are added to.
    A file that may be written but not replaced is written in place, which a kill may interrupt.

    Raises:
        OSError: It cannot be written.
    """
    with _naming(path := path_of(path)):
        status = _status(path)
        target = _followed(path)
        if _DESCRIPTORS.fullmatch(str(target.parent)):
            own = target.parent.samefile("/dev/fd")  # and not that of another process
            with open(os.dup(int(target.name)) if own else target, "ab") as file:  # noqa: PTH123
                file.write(content)
        elif status and not stat.S_ISREG(status.st_mode):
            with target.open("ab") as file:
                file.write(content)
        elif not status:
            _put(content, target)
        else:
            with target.open("r+b"):  # what may not be written is not replaced either
                pass
            try:
                _put(content, target, status)
            except OSError as error:
                if error.errno not in _NOT_REPLACED:
                    raise
                _overwrite(content, target)


def write_folder(files: Mapping[str, bytes], path: str | os.PathLike[str]) -> None:
    """Write a folder of files: a new one, or in place of an empty one or one of just these files.

    Linux replaces a folder in one step. Elsewhere it is away for the time of one rename; if the
    writer is killed just then, the next one puts it back.

    Raises:
        FileExistsError: The folder holds something else, which would be lost.
        OSError: The folder cannot be written.
    """
    with _naming(path := path_of(path)):
        target = Path(os.path.realpath(path))
        aside = _place(target, "old")
        with _lock(aside) as is_left:
            if is_left and not target.exists():
                aside.rename(target)
            elif is_left:
                _remove(aside, files)
        with _lock(target) as is_free:
            if not (status := _status(target)):
                with _beside(target, Path.mkdir, files) as new:
                    for name, content in files.items():
                        _write(content, new / name, None)
                    new.rename(target)
                return
            if is_free is False:
                raise BlockingIOError(errno.EBUSY, "is written by another process", str(target))
            _check_replaceable(target, files)
            try:
                with _beside(target, partial(Path.mkdir, mode=0o700), files) as new:
                    for name, content in files.items():
                        _write(content, new / name, _status(target / name))
                    _keep(new, status)
                    _replace(target, new, aside, files)
                    _remove(new, files)  # which is the old one by now
            except OSError as error:
                if error.errno in _NOT_REPLACED:
                    error.strerror = f"{error.strerror} (it is replaced whole; name a new one)"
                raise


def _replace(target: Path, new: Path, aside: Path, files: Collection[str]) -> None:
    """Exchange a folder and a new one, unless something else has come into it."""
    if exchange(new, target):
        try:
            _check_replaceable(new, files)
        except OSError:
            exchange(new, target)
            raise
    else:
        target.rename(aside)
        try:
            _check_replaceable(aside, files)
            new.rename(target)
        except BaseException:
            aside.rename(target)
            raise
        aside.rename(new)


def _put(content: bytes, target: Path, before: os.stat_result | None = None) -> None:
    """Give a content to a file that is new, or that has had this status."""
    create = partial(Path.touch, mode=0o600 if before else 0o666, exist_ok=False)
    with _beside(target, create) as new:
        _write(content, new, before)
        new.replace(target)


def _overwrite(content: bytes, target: Path) -> None:
    with target.open("r+b", buffering=0) as file:
        before = file.read()
        try:
            _refill(file, content)
        except BaseException:
            _refill(file, before)
            raise


def _refill(file: FileIO, content: bytes) -> None:
    file.seek(0)
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
    file.truncate()
    os.fsync(file.fileno())


def _check_replaceable(folder: Path, names: Collection[str]) -> None:
    """Raise an error unless a folder is empty or holds just the files of these names."""
    with suppress(FileNotFoundError):  # the current folder may be gone
        if Path.cwd().is_relative_to(folder):
            reason = "is or holds the current folder; name another"
            raise OSError(errno.EBUSY, reason, str(folder))
    held = list(folder.iterdir())
    ours = [each for each in held if each.name in names and each.is_file()]
    if held and not len(held) == len(ours) == len(names):
        others = [each for each in held if each not in ours] or held
        reason = f"holds {min(others).name!r}, which would be lost"
        raise FileExistsError(errno.EEXIST, reason, str(folder))


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; return whether the system can do that."""
    try:
        from ctypes import CDLL, get_errno

        renameat2 = CDLL(None, use_errno=True).renameat2
    except (ImportError, AttributeError, TypeError):  # it is not Linux
        return False
    relative_to_current, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    names = os.fsencode(one), os.fsencode(other)
    if not renameat2(relative_to_current, names[0], relative_to_current, names[1], swap):
        return True
    if get_errno() in (errno.ENOSYS, errno.EINVAL):  # an old kernel, or a file system without it
        return False
    raise OSError(get_errno(), os.strerror(get_errno()), str(other))


def path_of(path: str | os.PathLike[str]) -> Path:
    """Return a path that a caller gave.

    Raises:
        OSError: It is no path.
    """
    try:
        if "\0" not in os.fsdecode(os.fsencode(path)):
            return Path(path)
    except (TypeError, ValueError):  # no text, or text that no path can have
        pass
    named = os.fspath(path) if isinstance(path, str | os.PathLike) else brief(path)
    raise OSError(errno.EINVAL, "not a path", named)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let an error name the path that the caller gave, and not one that stood in for it."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # it is a signal handler's, say, and not the system's
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from error


def _status(path: Path) -> os.stat_result | None:
    with suppress(FileNotFoundError):
        return path.stat()
    return None


def _followed(path: Path) -> Path:
    """Return what a path leads to by links: a file, or the name of an open one."""
    place = path.absolute()
    while True:
        place = place.parent.resolve() / place.name
        if not place.is_symlink() or _DESCRIPTORS.fullmatch(str(place.parent)):
            return place
        place = place.parent / place.readlink()


# Places beside a target


def _place(target: Path, name: str | int) -> Path:
    digest = sha256(os.fsencode(target.name)).hexdigest()[:16]
    return target.parent / f".{digest}.{name}.tmp"


@contextmanager
def _beside(
    target: Path, make: Callable[[Path], object], files: Collection[str] = ()
) -> Iterator[Path]:
    """Make a file or a folder beside a target, and remove it in the end, if it is still there.

    Its writer locks it. What nobody has locked was left by a writer that was killed.
    """
    for place in map(partial(_place, target), range(_PLACES)):
        with _lock(place) as is_left:
            if is_left:
                _remove(place, files)
    numbers = count()
    while True:
        place = _place(target, next(numbers))
        try:
            make(place)
        except FileExistsError:
            continue
        with _lock(place) as is_ours:
            if is_ours is False:  # another writer took it for left
                continue
            own = place.lstat()
            try:
                yield place
            finally:
                with suppress(FileNotFoundError):
                    if os.path.samestat(own, place.lstat()):  # and not that of the next writer
                        _remove(place, files)
            return


@contextmanager
def _lock(place: Path) -> Iterator[bool | None]:
    """Hold the lock of a file or a folder, unless it is gone or somebody else holds it.

    Yields:
        Whether the lock is held; `None` where that cannot be known.
    """
    with ExitStack() as stack:
        is_held = None
        with _refusals(), suppress(ImportError):  # Windows has no such locks
            import fcntl

            try:
                descriptor = os.open(place, os.O_RDONLY | _AS_IT_IS)
                stack.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_held = os.path.samestat(os.fstat(descriptor), os.lstat(place))
            except (FileNotFoundError, BlockingIOError):
                is_held = False
        yield is_held


@contextmanager
def _refusals() -> Iterator[None]:
    """Pass over what the system refuses to do, but not over what else is an `OSError`."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise


def _remove(place: Path, files: Collection[str]) -> None:
    """Remove a file, or a folder of these files; what else came into it stays."""
    with _refusals():
        if place.is_symlink() or not place.is_dir():
            place.unlink(missing_ok=True)
        else:
            place.chmod(0o700)  # a folder that may not be written is not emptied
            for name in files:
                place.joinpath(name).unlink(missing_ok=True)
            place.rmdir()


def _write(content: bytes, place: Path, before: os.stat_result | None) -> None:
    """Write a file that takes the place of one with this status, if there was one."""
    with place.open("wb") as file:
        if before:
            _keep(place, before)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep(place: Path, before: os.stat_result) -> None:
    """Give a file or a folder the owner and the mode of what it takes the place of."""
    now = place.stat()
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        os.chown(place, before.st_uid, before.st_gid)
    place.chmod(stat.S_IMODE(before.st_mode))
