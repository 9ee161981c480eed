"""A desk in memory: epoch keys, recipient sets, tips and envelopes.  The second of three layers; see `tests.world`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from protocol import age, envelope, recipients
from protocol.epoch import epoch_of, open_epoch_key, sign_epoch_key
from protocol.limits import CHUNK, DAY
from protocol.recipients import RecipientSet
from protocol.signed import Signed
from protocol.stay import stayed_at
from protocol.tip import Attachment, Tip
from tests.world_network import Network, identity, recipient

_HEADER: Final = ("v", "kind", "id", "day", "network", "form", "thread")


class Desk(Network):
    """What verifiers of a desk do before any alert: epoch keys, sets, opening."""

    def epoch(self) -> int:
        """Return this week's number."""
        return epoch_of(self.now)

    def identity(self, name: str, epoch: int | None = None) -> age.Identity:
        """Return a verifier's X-Wing identity of a week."""
        return identity(self.name, name, str(epoch or self.epoch()))

    def epoch_key(self, name: str, epoch: int | None = None, age_name: str = "") -> Signed:
        """Return a verifier's signed epoch key; `age_name` makes another key than the person's usual one."""
        epoch = epoch or self.epoch()
        key = recipient(self.name, age_name or name, str(epoch))
        return sign_epoch_key(self.roster, self.id(name), epoch, key, self.seed(name))

    def epoch_keys(self, *names: str, epoch: int | None = None) -> list[Signed]:
        """Return these verifiers' signed epoch keys; of all who may receive and are certified where none is named."""
        able = (
            name
            for name in self.cast
            if recipients.may_receive(self.roster.verifiers[self.id(name)])
            and self.roster.verifiers[self.id(name)].certified_until > self.now
        )
        return [self.epoch_key(name, epoch) for name in names or able]

    def propose(
        self,
        keys: Iterable[Signed],
        previous: RecipientSet | None = None,
        desk: str = "north",
        epoch: int | None = None,
    ) -> bytes:
        """Return the set that an honest desk would sign, knowing these epoch keys."""
        opened = [open_epoch_key(key, self.roster) for key in keys]
        stayed = stayed_at(self.stays, self.now)
        return recipients.propose_set(self.roster, desk, epoch or self.epoch(), opened, previous, stayed)

    def open_set(self, signed: Signed, keys: Iterable[Signed]) -> RecipientSet:
        """Return the set as the witness's page opens it."""
        return recipients.open_set(signed, keys, self.roster, stayed_at(self.stays, self.now))

    def recipient_set(
        self, *names: str, previous: RecipientSet | None = None, epoch: int | None = None
    ) -> RecipientSet:
        """Return the set of these verifiers (all who may receive where none is named), signed by ana and bo."""
        keys = self.epoch_keys(*names, epoch=epoch)
        return self.open_set(self.sign("set", self.propose(keys, previous, epoch=epoch), "ana", "bo"), keys)

    def attorney(self, name: str = "luz") -> age.Identity:
        """Return an attorney's identity."""
        return identity(self.name, "office", name)

    def attorneys(self) -> list[str]:
        """Return the recipients of the roster's attorneys."""
        return [recipient(self.name, "office", one.id) for one in self.roster.attorneys()]

    def tip(self, **fields: Any) -> dict[str, Any]:
        """Return a tip's header as the form fills it in; a field of the header or of the tip may be given."""
        header = {
            "v": 1,
            "kind": "tip",
            "id": self.draw().hex(),
            "day": self.now // DAY,
            "network": self.network,
            "form": "f0" * 32,
        }
        told = {
            "what": "taking",
            "where": {"zone": "north-1", "words": "Fifth and Main"},
            "when": {"choice": "now"},
            "seen": "now",
        }
        header.update({name: value for name, value in fields.items() if name in _HEADER})
        told.update({name: value for name, value in fields.items() if name not in _HEADER})
        return {**header, "tip": told}

    def seal(
        self,
        tip: Mapping[str, Any],
        to: RecipientSet | None = None,
        files: Sequence[Attachment] = (),
        legal: str = "",
    ) -> bytes:
        """Return the envelope of a tip for a set; for this week's where none is given."""
        return envelope.seal_envelope(tip, to or self.recipient_set(), self.attorneys(), files, legal)

    def open(self, data: bytes, name: str, of: RecipientSet | None = None) -> Tip:
        """Return what a verifier finds in an envelope."""
        to = of or self.recipient_set()
        return envelope.open_envelope(data, self.identity(name, to.epoch), to, self.id(name))

    def preview(self, start: bytes, name: str, of: RecipientSet | None = None, bucket: int = CHUNK) -> Tip:
        """Return a verifier's preview of an envelope of this bucket from its first bytes."""
        to = of or self.recipient_set()
        return envelope.open_preview(start, bucket, self.identity(name, to.epoch), to, self.id(name))
