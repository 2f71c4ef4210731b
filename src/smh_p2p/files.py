"""Files and folders, written whole or not at all: a failure leaves the old content.

A writer fills a temporary place beside the target, and then renames it to the target in one step.
The next writer of the target removes what a killed writer left.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from io import FileIO
from itertools import count
from pathlib import Path

from smh_p2p.errors import brief

# The folders in which each name stands for an open file of a process.
_DESCRIPTORS = re.compile(r"/proc/[0-9]+(?:/task/[0-9]+)?/fd|/dev/fd")
# Errors for a file that cannot be replaced: in a closed folder, or a mount point.
_NOT_REPLACED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV}
_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # flags to open anything
# The suffixes of each format, and of three kinds of files that the package does not write.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "csv": (),  # a folder
    "a summary": (),  # a folder
    "html": (".html", ".htm"),
    "json": (".json",),
    "jsonld": (".jsonld", ".json"),
    "schema": (".json",),
    "svg": (".svg",),
    "a table": (".csv", ".tsv", ".xls", ".xlsx", ".ods", ".parquet"),
    "a picture": (".png", ".jpg", ".jpeg", ".gif", ".webp"),
    "a text": (".txt", ".md", ".pdf", ".docx", ".xml", ".yaml", ".yml", ".toml", ".bib"),
}
_PLACES = 8  # beside a target: the most simultaneous writers that clear up after each other


def write_file(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file.

    The function appends to a device, a pipe or an open file, such as `/dev/stdout`. If it can write
    a file but not replace it, it writes in place, and a kill may interrupt that.

    Raises:
        OSError: The system cannot write the file.
    """
    with _naming(path := path_of(path)):
        status = _status(path)
        target = _followed(path)
        if _DESCRIPTORS.fullmatch(str(target.parent)):
            own = target.parent.samefile("/dev/fd")  # and not the file of another process
            with open(os.dup(int(target.name)) if own else target, "ab") as file:  # noqa: PTH123
                file.write(content)
        elif not status:
            _put(content, target)
        elif not stat.S_ISREG(status.st_mode):
            with target.open("ab") as file:
                file.write(content)
        else:
            target.open("r+b").close()  # a file that nobody may write must not be replaced
            try:
                _put(content, target, status)
            except OSError as error:
                if error.errno not in _NOT_REPLACED:
                    raise
                _overwrite(content, target)


def write_folder(files: Mapping[str, bytes], path: str | os.PathLike[str]) -> None:
    """Write a folder of files, or replace an empty folder or one with exactly these files.

    Linux replaces a folder in one step. Other systems need two renames; if the writer is killed
    between them, the next writer puts the old folder back.

    Raises:
        FileExistsError: The folder holds other files, which would be lost.
        OSError: The system cannot write the folder.
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
                raise BlockingIOError(errno.EBUSY, "another process is writing it", str(target))
            _check_replaceable(target, files)
            try:
                with _beside(target, partial(Path.mkdir, mode=0o700), files) as new:
                    for name, content in files.items():
                        _write(content, new / name, _status(target / name))
                    _keep(new, status)
                    _replace(target, new, aside, files)
                    _remove(new, files)  # the old folder by now
            except OSError as error:
                if error.errno in _NOT_REPLACED:
                    error.strerror = f"{error.strerror} (it is replaced whole; name another folder)"
                raise


@contextmanager
def open_folder(path: str | os.PathLike[str]) -> Generator[Callable[[str, int], bytes]]:
    """Open a folder, whose files belong together even if a writer replaces it meanwhile.

    Yields:
        A function of the name of a file and the most bytes to return of it.

    Raises:
        OSError: The system cannot read a file, or it is not a regular one.
    """
    folder = path_of(path)
    with ExitStack() as stack:
        openat, start = os.open, folder
        if os.open in os.supports_dir_fd:  # a descriptor stays with its folder, a path does not
            directory = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, directory)
            openat, start = partial(os.open, dir_fd=directory), Path()

        def opener(place: str, flags: int) -> int:
            return openat(place, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe must not wait

        def read(name: str, most: int) -> bytes:
            with _naming(folder / name), open(start / name, "rb", opener=opener) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise OSError(errno.EINVAL, "not a regular file")
                return file.read(most)

        yield read


def _replace(target: Path, new: Path, aside: Path, files: Collection[str]) -> None:
    """Exchange a folder for a new one, unless it has other files by now."""
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
    with suppress(FileNotFoundError):  # the current folder may be gone
        if Path.cwd().is_relative_to(folder):
            reason = "the current folder is in it; name another folder"
            raise OSError(errno.EBUSY, reason, str(folder))
    ours = dict.fromkeys(names, True)
    entries = {each.name: each.is_file() for each in folder.iterdir()}
    if entries and entries != ours:
        others = entries.items() - ours.items() or entries.items()
        reason = f"holds {min(others)[0]!r}, which would be lost"
        raise FileExistsError(errno.EEXIST, reason, str(folder))


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; return whether the system can do that."""
    try:
        from ctypes import CDLL, get_errno

        renameat2 = CDLL(None, use_errno=True).renameat2
    except (ImportError, AttributeError, TypeError):  # it is not Linux
        return False
    current, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if not renameat2(current, os.fsencode(one), current, os.fsencode(other), swap):
        return True
    if get_errno() in (errno.ENOSYS, errno.EINVAL):  # an old kernel or file system
        return False
    raise OSError(get_errno(), os.strerror(get_errno()), str(other))


def path_of(path: str | os.PathLike[str]) -> Path:
    """Return a path, or raise `OSError` for another value."""
    with suppress(TypeError, ValueError):
        if "\0" not in os.fsdecode(os.fsencode(path)):
            return Path(path)
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else brief(path)
    raise OSError(errno.EINVAL, "not a path", name)


def check_suffix(path: str | os.PathLike[str], kind: str, others: str = "") -> None:
    """Refuse a name with the suffix of a format other than `kind`, a key of `SUFFIXES`.

    Raises:
        OSError: The value is not a path.
        ValueError: The suffix is that of another format; the error adds `others`, more ways out.

    >>> check_suffix("a.png", "svg")
    Traceback (most recent call last):
        ...
    ValueError: cannot write svg to 'a.png': end the name in .svg
    """
    suffix, own = path_of(path).suffix.lower(), SUFFIXES[kind]
    if suffix not in own and any(suffix in each for each in SUFFIXES.values()):
        way = f"end the name in {' or '.join(own)}" if own else "name a folder"
        raise ValueError(f"cannot write {kind} to {brief(os.fspath(path))}: {way}{others}")


@contextmanager
def _naming(path: Path) -> Generator[None]:
    """Let each error name this path, and not a temporary place."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # from a signal handler, for example
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from error


def _status(path: Path) -> os.stat_result | None:
    with suppress(FileNotFoundError):
        return path.stat()
    return None


def _followed(path: Path) -> Path:
    """Follow the links of a path to a file, or to the name of an open file."""
    place = path.absolute()
    while True:
        place = place.parent.resolve() / place.name
        if not place.is_symlink() or _DESCRIPTORS.fullmatch(str(place.parent)):
            return place
        place = place.parent / place.readlink()


def _place(target: Path, name: str | int) -> Path:
    digest = sha256(os.fsencode(target.name)).hexdigest()[:16]
    return target.parent / f".{digest}.{name}.tmp"


@contextmanager
def _beside(
    target: Path, make: Callable[[Path], object], files: Collection[str] = ()
) -> Generator[Path]:
    """Make a file or a folder beside a target, and remove it at the end if it still exists.

    Its writer locks it. A place without a lock was left by a killed writer.
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
            if is_ours is False:  # another writer took it over
                continue
            own = place.lstat()
            try:
                yield place
            finally:
                with suppress(FileNotFoundError):
                    if os.path.samestat(own, place.lstat()):  # and not the place of the next writer
                        _remove(place, files)
            return


@contextmanager
def _lock(place: Path) -> Generator[bool | None]:
    """Lock a file or a folder, and yield whether the lock is ours; `None` if nobody can tell."""
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
def _refusals() -> Generator[None]:
    """Ignore each refusal of the system, but no other `OSError`."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise


def _remove(place: Path, files: Collection[str]) -> None:
    """Remove a file, or these files and their folder if it has no others."""
    with _refusals():
        if place.is_symlink() or not place.is_dir():
            place.unlink(missing_ok=True)
        else:
            place.chmod(0o700)  # files in a closed folder cannot be removed
            for name in files:
                place.joinpath(name).unlink(missing_ok=True)
            place.rmdir()


def _write(content: bytes, place: Path, before: os.stat_result | None) -> None:
    with place.open("wb") as file:
        if before:
            _keep(place, before)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep(place: Path, before: os.stat_result) -> None:
    now = place.stat()
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        os.chown(place, before.st_uid, before.st_gid)
    place.chmod(stat.S_IMODE(before.st_mode))
