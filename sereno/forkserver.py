"""The fork server: it has loaded what desk, alerts and worker are made of, and begins each of them as a fork of itself.

Three programs then share one copy of their code, and begin in a tenth of the time.  It opens nothing, serves nobody and
holds no setting: a program's own come through a pipe that the fork alone reads.  The intake, whose memory is wiped as
it goes, and the log, which holds a key, are no forks: what they have is in a memory laid out for them alone.

Its standard input is a socket of whole messages, JSON each (Linux).  It is asked to start a program or to signal one,
and answers with process ids and with how each ended; it ends with the socket, and the kernel ends what it began.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import alerts.__main__
import verifier.__main__
import worker.__main__
import worker.crew  # So that each start finds it loaded.
from look.words import languages, translator

PROGRAMS: Final[Mapping[str, Callable[[], None]]] = {
    "alerts": alerts.__main__.main,
    "verifier": verifier.__main__.main,
    "worker": worker.__main__.main,
}
LONGEST: Final = 1 << 16  # Bytes of a message.
_END_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of Linux.
_BE_NAMED: Final = 15  # PR_SET_NAME of Linux.


def serve() -> Callable[[], None]:
    """Start programs until whoever asks is gone; return, in a fork, the program that it is to be."""
    here = os.getpid()
    asked = socket.socket(fileno=os.dup(0))
    heard, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for lang in languages():
        translator(lang)  # Two of them show pages in every language: the words are shared too.
    # A collection that marked every object would copy the pages that are to be shared.
    gc.collect()
    gc.freeze()
    running: set[int] = set()
    while True:
        ready, _, _ = select.select([asked.fileno(), heard], [], [])
        if heard in ready:
            os.read(heard, LONGEST)
            running -= _tell_of_the_dead(asked, running)
        if asked.fileno() not in ready:
            continue
        message, settings, _, _ = socket.recv_fds(asked, LONGEST, 1)
        if not message:
            sys.exit()
        value = json.loads(message)
        if "start" not in value:
            _signal(running, value)
            continue
        pid = os.fork()
        if pid == 0:
            _leave(asked, heard, told)
            return _become(value, settings[0], here)
        os.close(settings[0])
        running.add(pid)
        asked.send(json.dumps({"began": pid}).encode())


def _tell_of_the_dead(asked: socket.socket, running: set[int]) -> set[int]:
    """Say which programs have ended and how, and return their process ids."""
    dead = set()
    for pid in running:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            asked.send(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}).encode())
            dead.add(pid)
    return dead


def _signal(running: set[int], value: dict[str, Any]) -> None:
    """Signal a program that was begun here and not waited for yet: no other process can have its number."""
    if value["pid"] in running:
        os.kill(value["pid"], value["signal"])


def _leave(asked: socket.socket, *files: int) -> None:
    """Let go, in a fork, of everything that the fork server has open."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked.close()
    for one in files:
        os.close(one)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _become(value: dict[str, Any], settings: int, parent: int) -> Callable[[], None]:
    """Take on, in a fork, the settings and arguments of a program, and return what runs it."""
    module, *arguments = value["start"]
    c = ctypes.CDLL(None)
    c.prctl(_END_WITH_PARENT, signal.SIGKILL)
    c.prctl(_BE_NAMED, value["name"].encode()[:15])  # What `ps` and `top` show; the command line is the fork server's.
    if os.getppid() != parent:
        sys.exit("its starter is gone")
    os.setsid()  # Ctrl-C reaches the supervisor alone, which stops the others in order.
    os.environ.clear()
    with open(settings, encoding="utf-8") as pipe:
        os.environ.update(json.load(pipe))
    sys.argv[:] = [module, *arguments]
    return PROGRAMS[module]


if __name__ == "__main__":
    serve()()
