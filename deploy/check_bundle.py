"""Is this alert genuine?  `python check_bundle.py POLICY BUNDLE`, with PyNaCl and rfc8785 and nothing of Sereno's.

Sixty lines of code, to be read before they are trusted.  They follow protocol/SPEC.md, 7.4, and trust the root keys in
POLICY, which you got in person, and nobody else.  What no bundle can tell: a later stop, a stay, a later revocation.
What they leave to `sereno check`, and refuse: stops, restores, a change of root keys, a policy that asks for cosigners.
It ends with 0 for GENUINE, and what the alert says and until when (Unix seconds), and with 1 and why for anything else.
"""
# ruff: noqa: D103, E401, I001

import base64, json, sys, time, nacl.signing, rfc8785
from hashlib import sha256
from typing import Any


def need(holds: object, rule: str) -> None:
    if not holds:
        raise ValueError(f"NOT GENUINE: {rule}")


# Base64, and JSON (RFC 8785), each in its one spelling: no character of a file can change unseen.
def raw(text: str) -> bytes:
    need(base64.b64encode(base64.b64decode(text)).decode() == text, "its base64 is not spelled as it has to be")
    return base64.b64decode(text)


def load(data: bytes) -> Any:
    need(rfc8785.dumps(json.loads(data)) == data, "its JSON is not spelled as it has to be")
    return json.loads(data)


# A key is named by the first 40 bits of its SHA-256, five to a letter.
def key_id(key: str) -> str:
    bits = int.from_bytes(sha256(raw(key)).digest()[:5], "big")
    return "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[bits >> shift & 31] for shift in range(35, -1, -5))


# Who signed an object, what it says, and its name.  Ed25519 over DSSE's encoding; one bad signature is one too many.
def opened(signed: Any, noun: str, keys: dict[str, str]) -> tuple[list[str], Any, str]:
    kind, data = f"application/vnd.sereno.{noun}.v1+json", signed["payload"].encode()
    ids = [one["keyid"] for one in signed["signatures"]]
    need(signed["payloadType"] == kind and ids == sorted(set(ids)), f"it is no {noun}, or not signed once by each")
    said = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(data), data)
    for one in signed["signatures"]:
        nacl.signing.VerifyKey(raw(keys[one["keyid"]])).verify(said, raw(one["sig"]))
    return ids, load(data), sha256(data).hexdigest()


# Where the log holds an entry: C2SP tlog-proof, with RFC 9162, 2.1.3.2.  Every line that signed it has to be good.
def logged(proof: str, entry: bytes, roster: Any) -> int:
    head, body, lines = (part.split("\n") for part in proof.split("\n\n"))
    at, last, node = int(head[1][6:]), int(body[1]) - 1, sha256(b"\0" + entry).digest()
    need(head[:2] == ["c2sp.org/tlog-proof@v1", f"index {at}"] and 0 <= at <= last, "it has no such log proof")
    for sibling in map(raw, head[2:]):
        need(last > 0, "its path in the log is too long")
        node = sha256(b"\1" + (sibling + node if at % 2 or at == last else node + sibling)).digest()
        while at == last and at % 2 == 0 and at > 0:
            at = last = at // 2
        at, last = at // 2, last // 2
    need(last == 0 and node == raw(body[2]) and body[0] == roster["log"]["origin"], "the log does not hold it")
    key, blob = raw(roster["log"]["key"]), raw(lines[0].removeprefix(f"— {body[0]} "))
    mark = sha256(body[0].encode() + b"\n\1" + key).digest()[:4]
    need(blob[:4] == mark and lines[1:] == [""], "another key signed the log, or a cosigner; ask `sereno check`")
    nacl.signing.VerifyKey(key).verify("\n".join([*body, ""]).encode(), blob[4:])
    return int(head[1][6:])


def check(policy: Any, bundle: Any, now: float) -> Any:
    plain = [*map(bundle.get, ("v", "chain", "suspensions")), policy["cosigners"], len(bundle)] == [1, [], [], 0, 6]
    need(plain, "it is no plain release; ask `sereno check`")
    by, roster, own = opened(bundle["roster"], "roster", {key_id(key): key for key in policy["roots"]["keys"]})
    need(len(by) >= policy["roots"]["threshold"] and roster["roots"] == policy["roots"], "too few roots signed it")
    people = {one["id"]: one for one in roster["verifiers"] if "trainee" not in one["roles"]}
    by, alert, _ = opened(bundle["alert"], "alert", {of: one["ed25519"] for of, one in people.items()})
    index = logged(bundle["proof"], b"\1" + sha256(rfc8785.dumps(bundle["alert"])).digest(), roster)
    need(own == alert["roster"] and all(policy[of] == roster[of] == alert[of] for of in ("network", "mode")), "foreign")
    need(roster["issued"] <= alert["issued"] < roster["expires"] and alert["issued"] <= now + 300, "its time is wrong")
    for one in (people[of] for of in by):
        need(alert["issued"] < one["certified_until"] and index < one.get("revoked_at", index + 1), "a key is over")
    for of, have in (("keys", len(by)), ("organisations", len({people[name]["org"] for name in by}))):
        need(have >= max(policy["quorum"][of], roster["quorum"][of]), f"too few {of} signed it")
    free = alert["class"] in "AR" or (alert["class"] == "B" and alert["audience"] == "responders")
    need(free or any("lead" in people[name]["roles"] for name in by), "no lead signed it")
    return alert


if __name__ == "__main__":
    sys.tracebacklimit = 0
    files = [load(open(path, "rb").read().removesuffix(b"\n")) for path in sys.argv[1:3]]  # noqa: SIM115
    print(f"GENUINE. Over at `expires`; now it is {time.time():.0f}.", check(files[0], files[1], time.time()))
