"""The premises: files, modes, disk, clock, addresses, Redis and processes, as the doctor looks at them."""

from __future__ import annotations

import json
import os
import shutil
from typing import Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from sereno.clock import shown
from sereno.finding import Finding, Findings, Patient
from sereno.run import work_key

ROOM: Final = 1 << 30  # Bytes that should be free: a day of tips at the door's budget.
OFTEN: Final = 20  # Starts from which a program is not well.
AHEAD: Final = 120  # Seconds that a file may be ahead of the clock: some disks are on another machine.
CLOSED: Final = ("log.key", "work.key")


def files(patient: Patient) -> Findings:
    """Look at who may read what must not be read."""
    open_ = [patient.folder] if patient.folder.stat().st_mode & 0o077 else []
    keys = [patient.folder / name for name in CLOSED]
    open_ += [one for one in keys if one.exists() and one.stat().st_mode & 0o077]
    for one in keys:
        if not one.exists():
            yield Finding(f"{one.name} is missing.", f"Put {one.name} back from your safe.")
    for one in open_:
        wanted = "700" if one.is_dir() else "600"
        yield Finding(f"{one} can be read by others on this machine.", f"chmod {wanted} {one}")
    if not open_:
        yield Finding("Folder and keys are closed to others.")
    if keys[1].exists():
        try:
            work_key(patient.folder)
        except OSError as error:
            yield Finding(f"{error}", "Make another and start the intake again: nothing depends on the old one.")
    if patient.policy.mode == "actual" and (patient.folder / "people").exists():
        yield Finding(
            "Vaults and pass-phrases of people lie on this machine.",
            f"Move {patient.folder / 'people'} to their holders; a server must not have it.",
        )


def room(patient: Patient) -> Findings:
    """Look at the disk."""
    free = shutil.disk_usage(patient.folder).free
    says = f"{free // (1 << 20):,} MiB are free on the disk."
    yield Finding(says, "" if free >= ROOM else "Make room: a full disk takes no tips.  At least 1,024 MiB.")


def clock(patient: Patient) -> Findings:
    """Look whether the clock is behind what was written before."""
    times = {one.name: one.stat().st_mtime for one in patient.folder.iterdir() if one.is_file()}
    late = [name for name, at in times.items() if at > patient.now + AHEAD]
    if late:
        newest = max(times[name] for name in late)
        yield Finding(
            f"The clock says {shown(patient.now)}; {sorted(late)[0]} was written at {shown(int(newest))}.",
            "Set the clock right (timedatectl set-ntp true): alerts, claims and rosters go by it.",
        )
    else:
        yield Finding(f"The clock says {shown(patient.now)}, after everything here.")


def addresses(patient: Patient) -> Findings:
    """Look at where browsers are sent."""
    where = patient.face.addresses
    if len(set(where.values())) != len(where):
        yield Finding("Two of form, desk and alerts have one address.", "Give each a name of its own in face.json.")
    for name, origin in where.items():
        host = origin.split("//")[1].split(":")[0]
        local = host == "localhost" or host.endswith(".localhost")
        if origin.startswith("http://") and not local:
            yield Finding(f"{name} is at {origin}: browsers seal nothing there.", f"Serve it over https://{host}.")
        elif local and patient.policy.mode == "actual":
            yield Finding(f"{name} is at {origin}, which only this machine reaches.", "Name its address in face.json.")
    if all(one.startswith("https://") or "localhost" in one for one in where.values()):
        yield Finding(f"Browsers find form, desk and alerts at {', '.join(where.values())}.")


def origins(patient: Patient) -> Findings:
    """Look whether the desk takes sign-ins from where browsers find it."""
    given, wanted = os.environ.get("SERENO_DESK_ORIGINS", "").split(), patient.face.addresses["desk"]
    if given and given[0] != wanted:
        yield Finding(
            f"face.json has the desk at {wanted}, and SERENO_DESK_ORIGINS begins with {given[0]}.",
            f"Begin SERENO_DESK_ORIGINS with {wanted}, or name the desk's right address in face.json.",
        )


def hints(patient: Patient) -> Findings:
    """Look whether Redis answers and keeps nothing."""
    try:
        client = redis.Redis.from_url(patient.redis, retry=Retry(NoBackoff(), 0), socket_connect_timeout=2)
    except ValueError as error:
        yield Finding(f"SERENO_REDIS is no address of a Redis: {error}", "Write unix:///path/redis.sock, or redis://…")
        return
    try:
        client.ping()
        kept = [name for name, off in (("save", ""), ("appendonly", "no")) if _setting(client, name) != off]
    except redis.RedisError as error:
        yield Finding(
            f"Redis does not answer at {patient.redis} ({type(error).__name__}).",
            "Start it: `sereno run` brings its own; else `systemctl start valkey`.  Nothing is lost meanwhile.",
        )
        return
    finally:
        client.close()
    if kept:
        yield Finding(
            f"Redis writes to its disk ({', '.join(kept)}).",
            'redis-cli config set save "" ; redis-cli config set appendonly no; and the same in its file.',
        )
    else:
        yield Finding("Redis answers and writes nothing to a disk.")


def _setting(client: redis.Redis, name: str) -> str:
    return str(client.config_get(name).get(name, ""))


def processes(patient: Patient) -> Findings:
    """Look at what `sereno run` keeps running."""
    record = patient.folder / "processes.json"
    if not record.exists():
        yield Finding("`sereno run` was never started here.", f"sereno run --folder {patient.folder}")
        return
    try:
        value = json.loads(record.read_text("utf-8"))
    except ValueError:  # A power cut may leave it empty.
        yield Finding(f"{record} can't be read.", f"Start it anew: sereno run --folder {patient.folder}")
        return
    down = [name for name, one in value.items() if not alive(one["pid"])]
    if down and len(down) == len(value):
        yield Finding("Nothing is running.", f"sereno run --folder {patient.folder}")
        return
    for name in down:
        yield Finding(f"{name} is down.", f"Wait a moment and look again; then read what {name} said as it ended.")
    for name, one in value.items():
        if one["starts"] > OFTEN:
            yield Finding(f"{name} was started {one['starts']} times.", f"Read what {name} says as it ends.")
    if not down:
        yield Finding(f"{len(value)} programs are running.")


def alive(pid: int) -> bool:
    """Say whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0
