"""Files and folders are written whole or not at all, whatever happens meanwhile."""

import ctypes
import errno
import fcntl
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import smh_p2p
from smh_p2p.errors import brief
from smh_p2p.files import SUFFIXES, check_suffix, exchange, write_file, write_folder

OLD = {"one": b"old", "two": b"old"}
NEW = {"one": b"new", "two": b"new" * 9_999}
NOBODY = 65534
# What the system is asked to do while something is written.
STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "fcntl.flock"}
# Each child of a test runs one thing and ends; Python 3.15 counts the threads of pytest-xdist.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")


def in_a_child(action: Callable[[], object]) -> int:
    """Return the exit status of an action in a process of its own: 1 after an exception."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        action()
    except BaseException:  # noqa: BLE001 - the process ends here
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def at_step(number: int, happens: Callable[[], object], among: Collection[str] = STEPS) -> None:
    """Let something happen in this process before a step of what it writes."""
    steps = count()

    def hook(event: str, _: object) -> None:
        if event in among and next(steps) == number:
            happens()

    sys.addaudithook(hook)


def interrupt() -> None:
    raise KeyboardInterrupt


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def content(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


@pytest.fixture(params=["in one step", "in two steps"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A system that can exchange two folders, or one that cannot."""
    if request.param == "in two steps":
        monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    return str(request.param)


@pytest.mark.parametrize("happens", [interrupt, kill])
def test_a_file_is_old_or_new_whenever_its_writer_stops(
    tmp_path: Path, happens: Callable[[], None]
) -> None:
    file = tmp_path / "file"
    for number in count():
        file.write_bytes(b"old")

        def write(number: int = number) -> None:
            at_step(number, happens)
            write_file(b"new", file)

        status = in_a_child(write)
        assert file.read_bytes() in (b"old", b"new")
        write_file(b"newest", file)
        assert content(tmp_path) == {"file": b"newest"}  # and nothing else is left
        if status == 0:
            break
    assert number > 4  # steps at which it was stopped


@pytest.mark.parametrize("happens", [interrupt, kill])
def test_a_folder_is_old_or_new_whenever_its_writer_stops(
    tmp_path: Path, happens: Callable[[], None], system: str
) -> None:
    folder = tmp_path / "folder"
    for number in count():
        write_folder(OLD, folder)

        def write(number: int = number) -> None:
            at_step(number, happens)
            write_folder(NEW, folder)

        status = in_a_child(write)
        if folder.exists() or system == "in one step" or happens is interrupt:
            assert content(folder) in (OLD, NEW)
        with pytest.raises(FileExistsError) as refused:
            write_folder({"another": b""}, folder)
        parts = (refused.value.errno, refused.value.strerror, refused.value.filename)
        assert parts == (errno.EEXIST, "holds 'one', which would be lost", str(folder))
        assert content(folder) in (OLD, NEW)  # put back, if it was away
        write_folder(OLD, folder)
        assert [*tmp_path.iterdir()] == [folder]
        if status == 0:
            break
    assert number > 9


@contextmanager
def a_full_disk() -> Generator[None]:
    """No file may grow beyond a thousand bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("system")
def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    write_folder(OLD, folder)
    write_file(b"old", file)
    with a_full_disk():
        for path in (folder, tmp_path / "new"):
            with pytest.raises(OSError, match="File too large") as caught:
                write_folder(NEW, path)
            assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(path))
        with pytest.raises(OSError, match="File too large") as caught:
            write_file(NEW["two"], file)
        assert caught.value.filename == str(file)
    assert content(folder) == OLD
    assert file.read_bytes() == b"old"
    assert {each.name for each in tmp_path.iterdir()} == {"folder", "file"}


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(errno.EIO, "broken")])
def test_a_failure_between_two_steps_puts_the_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    folder = tmp_path / "folder"
    write_folder(OLD, folder)
    rename, steps = Path.rename, count()

    def second(*paths: Path) -> Path:
        if next(steps) == 1:
            raise failure
        return rename(*paths)

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    monkeypatch.setattr(Path, "rename", second)
    with pytest.raises(type(failure)):
        write_folder(NEW, folder)
    assert content(folder) == OLD
    assert [*tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize("reason", [errno.EINVAL, errno.ENOSYS, errno.EIO])
def test_a_file_system_that_cannot_exchange_folders_is_served_in_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def fail(*_: object) -> int:
        ctypes.set_errno(reason)
        return -1

    folder = tmp_path / "folder"
    write_folder(OLD, folder)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(renameat2=fail))
    if reason == errno.EIO:
        with pytest.raises(OSError, match="Input/output error") as caught:
            write_folder(NEW, folder)
        assert caught.value.filename == str(folder)
        assert content(folder) == OLD
    else:
        write_folder(NEW, folder)
        assert content(folder) == NEW
    assert [*tmp_path.iterdir()] == [folder]


def test_two_folders_are_exchanged_or_the_system_says_why_not(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_folder(OLD, one)
    write_folder(NEW, other)
    if not exchange(one, other):
        pytest.skip("the system cannot exchange folders")
    assert (content(one), content(other)) == (NEW, OLD)
    with pytest.raises(FileNotFoundError) as caught:
        exchange(one, tmp_path / "missing")
    assert caught.value.filename == str(tmp_path / "missing")


# What may be written, but not replaced


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder in which somebody who is not root can make nothing."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        yield folder


def as_somebody_else(action: Callable[[], object]) -> int:
    def act() -> None:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        action()

    return in_a_child(act)


@needs_root
def test_a_file_in_a_closed_folder_is_written_in_place(closed_folder: Path) -> None:
    file = closed_folder / "file"
    file.write_bytes(b"old and longer")
    file.chmod(0o666)
    assert as_somebody_else(lambda: write_file(b"new", file)) == 0
    assert file.read_bytes() == b"new"


@needs_root
def test_what_may_not_be_written_is_refused_by_name(closed_folder: Path) -> None:
    closed_folder.chmod(0o777)  # where a file may be replaced that may not be written
    file = closed_folder / "file"
    file.write_bytes(b"old")
    os.chown(file, NOBODY, NOBODY)
    file.chmod(0o444)

    def refused() -> None:
        with pytest.raises(PermissionError) as caught:
            write_file(b"new", file)
        assert caught.value.filename == str(file)

    assert as_somebody_else(refused) == 0
    assert content(closed_folder) == {"file": b"old"}


@needs_root
def test_a_folder_that_cannot_be_replaced_is_refused_with_the_way_out(closed_folder: Path) -> None:
    folder = closed_folder / "folder"
    write_folder(OLD, folder)
    folder.chmod(0o777)

    def refused() -> None:
        with pytest.raises(PermissionError, match="it is replaced whole; name another folder"):
            write_folder(NEW, folder)

    assert as_somebody_else(refused) == 0
    assert content(folder) == OLD


WITHOUT_SPACE = """
import sys
from pathlib import Path

import smh_p2p

folder, exchange = Path(sys.argv[1]), smh_p2p.load()
written = [(smh_p2p.write, "document.json"), (smh_p2p.write_data_package, "package")]
for write, name in written:
    write(exchange, folder / name)
files = [each for each in folder.rglob("*") if each.is_file()]
before = [each.read_bytes() for each in files]
try:
    with open(folder / "filler", "wb", buffering=0) as filler:
        while filler.write(b"x"):
            pass
except OSError:
    pass
for write, name in written:
    for place in (name, f"new-{name}"):
        try:
            write(exchange, folder / place)
        except OSError as error:
            print(error.strerror, Path(error.filename).name)
print([each.read_bytes() for each in files] == before)
"""


@needs_root
def test_a_file_system_without_space_keeps_what_was_on_it(tmp_path: Path) -> None:
    shell = 'unshare -m sh -c \'mount -t tmpfs -o size=256k none "$0" && exec "$@"\' "$@"'
    place = str(tmp_path)
    command = ["/bin/sh", "-c", shell, "sh", place, sys.executable, "-c", WITHOUT_SPACE, place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("the system mounts no file system here")
    names = ("document.json", "new-document.json", "package", "new-package")
    lines = [f"{os.strerror(errno.ENOSPC)} {name}" for name in names]
    assert done.stdout.splitlines() == [*lines, "True"], done.stderr


@pytest.mark.parametrize("reason", [errno.EBUSY, errno.EXDEV])  # of a mount point
def test_a_file_that_cannot_be_replaced_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(reason, os.strerror(reason))

    file = tmp_path / "file"
    file.write_bytes(b"old and longer")
    monkeypatch.setattr(Path, "replace", fail)
    write_file(b"new", file)
    assert content(tmp_path) == {"file": b"new"}
    monkeypatch.setattr(Path, "touch", fail)
    with a_full_disk(), pytest.raises(OSError, match="File too large"):
        write_file(b"x" * 1_001, file)
    assert content(tmp_path) == {"file": b"new"}


def test_a_folder_that_is_a_mount_point_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        ctypes.set_errno(errno.EBUSY)
        return -1

    write_folder(OLD, tmp_path / "folder")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(renameat2=fail))
    with pytest.raises(OSError, match=r"busy \(it is replaced whole; name another folder\)"):
        write_folder(NEW, tmp_path / "folder")
    assert content(tmp_path / "folder") == OLD


@pytest.mark.usefixtures("system")
def test_the_modes_of_a_folder_and_of_each_file_stay(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    write_folder(OLD, folder)
    write_file(b"old", file)
    modes = {folder: 0o750, folder / "one": 0o604, folder / "two": 0o640, file: 0o606}
    for each, mode in modes.items():
        each.chmod(mode)
    write_folder(NEW, folder)
    write_file(b"new", file)
    assert {each: stat.S_IMODE(each.stat().st_mode) for each in modes} == modes


def test_the_mode_of_what_is_new_is_what_the_user_lets_new_files_have(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_folder(OLD, tmp_path / "folder")
        write_file(b"new", tmp_path / "file")
    finally:
        os.umask(before)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.rglob("*")}
    assert modes == {"folder": 0o750, "one": 0o640, "two": 0o640, "file": 0o640}


@needs_root
def test_owner_and_mode_stay(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    write_folder(OLD, folder)
    write_file(b"old", file)
    for each, mode in ((folder, 0o750), (folder / "one", 0o604), (file, 0o640)):
        os.chown(each, NOBODY, NOBODY)
        each.chmod(mode)
    write_folder(NEW, folder)
    write_file(b"new", file)
    for each, mode in ((folder, 0o750), (folder / "one", 0o604), (file, 0o640)):
        status = each.stat()
        assert (status.st_uid, status.st_gid) == (NOBODY, NOBODY)
        assert stat.S_IMODE(status.st_mode) == mode


@needs_root
def test_the_owner_of_a_file_stays_where_only_its_owner_could_give_it(closed_folder: Path) -> None:
    closed_folder.chmod(0o777)
    file = closed_folder / "file"
    file.write_bytes(b"old")
    file.chmod(0o666)
    assert as_somebody_else(lambda: write_file(b"new", file)) == 0
    assert (file.stat().st_uid, content(closed_folder)) == (0, {"file": b"new"})


def test_nobody_reads_a_file_before_it_is_there_who_may_not_read_it_then(tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    write_file(b"old", file)
    write_folder(OLD, folder)
    file.chmod(0o600)
    folder.chmod(0o700)

    def watch() -> None:
        def hook(event: str, _: object) -> None:
            if event in STEPS:
                for each in os.scandir(tmp_path):
                    assert not each.stat().st_mode & 0o077, each.name

        sys.addaudithook(hook)
        write_file(b"new", file)
        write_folder(NEW, folder)

    assert in_a_child(watch) == 0


# What somebody else does meanwhile


@pytest.mark.usefixtures("system")
def test_a_file_that_comes_into_a_folder_meanwhile_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    write_folder(OLD, folder)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda _: (folder / "mine").write_bytes(b"mine"))
        with pytest.raises(FileExistsError, match="holds 'mine', which would be lost") as caught:
            write_folder(NEW, folder)
    assert caught.value.filename == str(folder)
    assert content(folder) == OLD | {"mine": b"mine"}
    assert [*tmp_path.iterdir()] == [folder]


@pytest.mark.usefixtures("system")
def test_a_file_that_comes_into_a_folder_at_any_step_is_not_lost(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for number in count():
        write_folder(OLD, folder)

        def write(number: int = number) -> None:
            at_step(number, lambda: (folder / "mine").write_bytes(b"mine"))
            write_folder(NEW, folder)

        in_a_child(write)
        if not (found := [*tmp_path.rglob("mine")]):
            break
        assert [each.read_text() for each in found] == ["mine"]
        for each in (*found, *tmp_path.glob(".*")):
            each.unlink() if each.is_file() else each.rmdir()
        assert content(folder) in (OLD, NEW)
    assert number > 9


def test_a_folder_that_another_process_writes_is_refused(tmp_path: Path) -> None:
    write_folder(OLD, tmp_path / "folder")
    descriptor = os.open(tmp_path / "folder", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(BlockingIOError, match="another process is writing it"):
        write_folder(NEW, tmp_path / "folder")
    os.close(descriptor)
    write_folder(NEW, tmp_path / "folder")
    assert content(tmp_path / "folder") == NEW


def test_a_place_that_another_writer_takes_for_left_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = count()

    def first_fails(*_: object) -> None:
        if next(steps) == 0:
            raise BlockingIOError(errno.EAGAIN, "is locked")

    monkeypatch.setattr(fcntl, "flock", first_fails)
    write_file(b"new", tmp_path / "file")
    left = {each.name for each in tmp_path.iterdir()} - {"file"}
    assert (tmp_path / "file").read_bytes() == b"new"
    assert [name.endswith(".0.tmp") for name in left] == [True]


def test_a_file_system_without_locks_takes_files_and_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", fail)
    for files in (OLD, NEW):
        write_folder(files, tmp_path / "folder")
        write_file(files["two"], tmp_path / "file")
        assert content(tmp_path / "folder") == files
    assert {each.name for each in tmp_path.iterdir()} == {"folder", "file"}


def test_of_two_writers_and_a_reader_none_meets_half_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write_folder(OLD, folder)

    def write(files: dict[str, bytes]) -> Callable[[], None]:
        def again() -> None:
            for _ in range(100):
                with suppress(BlockingIOError):  # it says that the other is writing
                    write_folder(files, folder)

        return again

    writers = []
    for files in (OLD, NEW):
        if not (writer := os.fork()):
            os._exit(in_a_child(write(files)))
        writers.append(writer)
    meetings = 0
    while writers:
        ended, status = os.waitpid(writers[0], os.WNOHANG)
        assert status == 0
        if ended:
            writers.pop(0)
        descriptor = os.open(folder, os.O_RDONLY)  # there is one at every moment
        try:
            found = {}
            for name in OLD:
                with open(os.open(name, os.O_RDONLY, dir_fd=descriptor), "rb") as file:  # noqa: PTH123
                    found[name] = file.read()
        except FileNotFoundError:  # of a folder that has been replaced
            continue
        finally:
            os.close(descriptor)
        assert found in (OLD, NEW)
        meetings += 1
    assert meetings
    assert [*tmp_path.iterdir()] == [folder]
    assert content(folder) in (OLD, NEW)


def test_many_writers_of_a_file_leave_one_of_their_contents(tmp_path: Path) -> None:
    file = tmp_path / "file"

    def write(text: bytes) -> None:
        for _ in range(20):
            write_file(text, file)

    writers = []
    for number in range(12):
        if not (writer := os.fork()):
            os._exit(in_a_child(lambda: write(b"%d" % number * 9_999)))  # noqa: B023 - at once
        writers.append(writer)
    assert [os.waitpid(writer, 0)[1] for writer in writers] == [0] * 12
    assert [*tmp_path.iterdir()] == [file]
    assert len(file.read_bytes()) in (9_999, 2 * 9_999)
    assert len({*file.read_text()}) <= 2


def test_what_only_looks_like_the_rest_of_a_killed_writer_stays(tmp_path: Path) -> None:
    file = tmp_path / "file"

    def stop() -> None:
        at_step(0, kill, ["os.rename"])
        write_file(b"new", file)

    assert in_a_child(stop) == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    left.unlink()
    (tmp_path / "elsewhere").write_text("mine")
    left.symlink_to(tmp_path / "elsewhere")
    write_file(b"new", file)
    assert left.is_symlink()
    assert content(tmp_path) == {"file": b"new", "elsewhere": b"mine", left.name: b"mine"}


# What is no regular file


@pytest.mark.parametrize("folder", ["/dev/shm", None])  # noqa: S108 - the system's, with reason
def test_a_second_write_replaces_the_first_wherever_the_file_is(folder: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        file = Path(place, "file")
        for text in (b"first", b"second"):
            write_file(text, file)
            assert content(Path(place)) == {"file": text}


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}", "/proc/{pid}/fd/{}", "link"])
def test_an_open_file_is_added_to_at_its_place(tmp_path: Path, name: str) -> None:
    with (tmp_path / "file").open("wb", buffering=0) as file:
        file.write(b"before, ")
        path = Path(name.format(file.fileno(), pid=os.getpid()))
        if name == "link":
            path = tmp_path / "link"
            path.symlink_to(f"/dev/fd/{file.fileno()}")
        write_file(b"between", path)
        file.write(b", after")
    assert (tmp_path / "file").read_bytes() == b"before, between, after"


def test_a_file_that_another_process_has_open_is_added_to(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb", buffering=0) as file:
        file.write(b"before, ")
        path = f"/proc/{os.getpid()}/fd/{file.fileno()}"
        assert in_a_child(lambda: write_file(b"between", path)) == 0
    assert (tmp_path / "file").read_bytes() == b"before, between"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR)
    write_file(b"through", pipe)
    assert os.read(descriptor, 99) == b"through"
    os.close(descriptor)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("name", ["exchange.json", "sea.csv", "datapackage.json", "source.txt"])
def test_a_pipe_in_a_folder_is_refused_and_nobody_waits_for_it(tmp_path: Path, name: str) -> None:
    smh_p2p.load_summary().write(tmp_path / "summary")
    smh_p2p.write_data_package(smh_p2p.load(), tmp_path / "package")
    (pipe,) = tmp_path.glob(f"*/{name}")
    pipe.unlink()
    os.mkfifo(pipe)
    read = {"summary": smh_p2p.summary.read, "package": smh_p2p.read_data_package}
    with pytest.raises(OSError, match="not a regular file") as caught:
        read[pipe.parent.name](pipe.parent)
    assert caught.value.filename == str(pipe)


@pytest.mark.parametrize("path", ["nul\0", "\ud800", None, 3.5, b"\xff", [], "/", "x" * 999])
def test_what_is_no_path_is_refused_by_name(path: Any) -> None:
    for write in (partial(write_file, b""), partial(write_folder, {})):
        with pytest.raises(OSError) as caught:  # noqa: PT011 - each platform words it its own way
            write(path)
        assert caught.value.filename in (path, brief(path))


@pytest.mark.parametrize("kind", SUFFIXES)
def test_a_name_ends_in_no_suffix_of_another_format(kind: str) -> None:
    for suffix in {each for suffixes in SUFFIXES.values() for each in suffixes}:
        for name in (f"a{suffix}", f"a{suffix.upper()}", f"folder/a.2019{suffix}"):
            if suffix in SUFFIXES[kind]:
                check_suffix(name, kind)
            else:
                with pytest.raises(ValueError, match=f"^cannot write {kind} to '{name}': "):
                    check_suffix(name, kind)
        for name in (f"a{suffix}.bak", f"folder{suffix}/a", suffix, "a.2019", "/dev/stdout", "-"):
            check_suffix(name, kind)


@pytest.mark.parametrize(
    ("write", "name", "message"),
    [
        (
            partial(smh_p2p.write, smh_p2p.load()),
            "a.csv",
            "cannot write json to 'a.csv': end the name in .json, "
            "or use write_data_package for CSV, to_html for a page, to_svg for a map",
        ),
        (
            partial(smh_p2p.write_data_package, smh_p2p.load()),
            "a.csv",
            "cannot write csv to 'a.csv': name a folder",
        ),
        (
            smh_p2p.load_summary().write,
            "a.json",
            "cannot write a summary to 'a.json': name a folder; "
            "smh_p2p.write writes the document of an exchange",
        ),
    ],
)
def test_nothing_is_written_under_the_suffix_of_another_format(
    write: Any, name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (name, Path(name)):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            write(path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_an_error_of_the_system_passes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = TimeoutError("from a signal handler")

    def strike(*_: object) -> None:
        raise late

    monkeypatch.setattr(fcntl, "flock", strike)
    with pytest.raises(TimeoutError) as caught:
        write_file(b"new", tmp_path / "file")
    assert caught.value is late
