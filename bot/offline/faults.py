"""What can go wrong between a bot and Telegram, as values a test puts in the way of a call."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal


class LostConnection(Exception):
    """End a call without a reply: by *how*, a timeout or a reset of the connection."""

    def __init__(self, how: Literal["timeout", "reset"]) -> None:
        super().__init__(how)
        self.how = how


@dataclass(frozen=True, slots=True)
class Fault:
    """Spoil one call: wait *delay* seconds, then lose the connection (*lost*) or answer *status* and *body* instead.

    *carried_out* says that Telegram did what it was asked before the reply went wrong.
    """

    status: int = 200
    body: bytes = b""
    lost: Literal["timeout", "reset"] | None = None
    delay: float = 0.0
    carried_out: bool = False
    passes: bool = False

    @classmethod
    def flood(cls, retry_after: int) -> Fault:
        """Answer 429 and ask to come back after *retry_after* seconds."""
        description = f"Too Many Requests: retry after {retry_after}"
        return cls.refusal(429, description, retry_after=retry_after)

    @classmethod
    def refusal(cls, code: int, description: str, **parameters: int) -> Fault:
        """Answer *code* with a well-formed error."""
        body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        return cls(status=code, body=json.dumps(body).encode())

    @classmethod
    def server_error(cls, code: int = 502) -> Fault:
        """Answer *code* with a page of HTML, as a gateway in between does."""
        return cls(status=code, body=f"<html><h1>{code} Bad Gateway</h1></html>".encode())

    @classmethod
    def timeout(cls, *, carried_out: bool = False) -> Fault:
        """Never answer."""
        return cls(lost="timeout", carried_out=carried_out)

    @classmethod
    def reset(cls, *, carried_out: bool = False) -> Fault:
        """Break the connection."""
        return cls(lost="reset", carried_out=carried_out)

    @classmethod
    def garbage(cls, body: bytes = b'{"ok":tru', *, carried_out: bool = False) -> Fault:
        """Answer 200 with something that is no JSON; ``b""`` is the empty reply."""
        return cls(body=body, carried_out=carried_out)

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Answer as it should be, but *seconds* late."""
        return cls(delay=seconds, passes=True)


class Faults:
    """Hold the faults still to come, by method; ``"*"`` meets every call but ``getUpdates``.

    ``faults["sendMessage"].append(Fault.flood(3))`` spoils the next call, ``faults.outage`` all until it is None.
    """

    def __init__(self) -> None:
        self._queues: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.outage: Fault | None = None

    def __getitem__(self, method: str) -> deque[Fault]:
        return self._queues[method]

    def next(self, method: str) -> Fault | None:
        """Take the fault that meets this call of *method*, if there is one."""
        if self.outage:
            return self.outage
        for name in (method, "*"):
            if self._queues[name] and not (name == "*" and method == "getUpdates"):
                return self._queues[name].popleft()
        return None
