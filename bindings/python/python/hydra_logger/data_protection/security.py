"""What finds and hides sensitive data, what finds attacks, and hashes that stand for values.

What is found, and what cannot be, is listed in the protection guide: names, postal addresses,
pictures, the insides of base64 and passwords that nothing announces are not found. Redaction
lowers a risk; it is not compliance with anything by itself.
"""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict, TypeVar, cast

from hydra_logger._core import DataHasher, Redactor, SecurityValidator, sanitize_text
from hydra_logger.core.exceptions import DataProtectionError
from hydra_logger.data_protection._walk import Walk

__all__ = [
    "AsyncSecurityValidator",
    "DataHasher",
    "DataSanitizer",
    "Redactor",
    "SecurityValidator",
    "Threat",
    "Validation",
    "redact",
    "sanitize_text",
]

_Text = TypeVar("_Text", str, bytes)
_Data = TypeVar("_Data")

# From this length on a text is validated beside the event loop, in characters.
_LONG = 64 * 1024

# Redactors by their detectors: one is made in a millisecond and shared by every call.
_redactors: dict[tuple[str, ...], Redactor] = {}


class Threat(TypedDict):
    """What :meth:`SecurityValidator.validate_input` found."""

    type: str
    """``sql_injection``, ``xss``, ``command_injection``, ``path_traversal``, ``ldap_injection``,
    ``nosql_injection``, ``jndi_lookup``, ``crlf_injection``, ``template_injection``, ``xxe``, or
    the name of a pattern that was added."""
    severity: Literal["low", "medium", "high"]
    position: int
    """Where it begins, in characters (in bytes, if bytes were given)."""
    end: int
    reason: str
    """Which sign it was, in words; never a part of the text."""


class Validation(TypedDict):
    """What :meth:`SecurityValidator.validate_input` returns."""

    valid: bool
    threats: list[Threat]


def redact(text: _Text, detectors: Sequence[str] | None = None) -> _Text:
    """The text, or the bytes, without personal data and secrets.

    Args:
        text: Any text; bytes need not be UTF-8.
        detectors: Which kinds to look for: names as ``email`` or ``ip``, ``default`` for those that
            are on by themselves, ``all``, and ``-name`` for one to leave out.

    Returns:
        The redacted text; ``text`` itself where nothing was found.

    Raises:
        DataProtectionError: A detector has an unknown name.

    >>> redact("from 203.0.113.9: ada@example.com")
    'from 203.0.113.9: [REDACTED:EMAIL]'
    >>> redact("from 203.0.113.9", detectors=["default", "ip"])
    'from [REDACTED:IP]'
    """
    names = tuple(detectors or ())
    redactor = _redactors.get(names)
    if redactor is None:
        redactor = Redactor(list(names))
        if len(_redactors) < 64:
            _redactors[names] = redactor
    return redactor.redact(text)


class DataSanitizer:
    """Redacts data of any shape, without changing what it was given.

    >>> sanitizer = DataSanitizer()
    >>> sanitizer.sanitize_data({"user": "ada@example.com", "password": "hunter2", "tries": [1, 2]})
    {'user': '[REDACTED:EMAIL]', 'password': '[REDACTED:PASSWORD]', 'tries': [1, 2]}

    It may be used, and its patterns be changed, from several threads at once.

    Args:
        redact_patterns: Patterns of one's own by name, as for :meth:`add_pattern`.
        detectors: Which kinds to look for, as for :func:`redact`.

    Raises:
        DataProtectionError: A pattern cannot be used, or a detector has an unknown name.
    """

    def __init__(
        self,
        redact_patterns: Mapping[str, str] | None = None,
        *,
        detectors: Sequence[str] | None = None,
    ) -> None:
        self._lock = threading.Lock()
        self._detectors = list(detectors or ())
        self._patterns = dict(redact_patterns or {})
        self._redactor = Redactor(self._detectors, patterns=self._patterns)

    def sanitize_data(self, data: _Data) -> _Data:
        """A copy without what is sensitive, in the same shape.

        Dictionaries and other mappings (keys too), lists, tuples, sets, deques, dataclasses,
        pydantic models, exceptions with their causes and notes, texts, bytes and numbers, however
        deep, and with cycles. The value of a sensitive name (``password``, ``X-Api-Key``) is
        replaced whole, whatever it is. Objects of other classes are returned as they are.

        >>> DataSanitizer().sanitize_data([b"pwd=hunter2", 4111111111111111, ("Cookie", "sid=1")])
        [b'pwd=[REDACTED:PASSWORD]', '[REDACTED:CREDIT_CARD]', ('Cookie', '[REDACTED:COOKIE]')]
        """
        return cast("_Data", Walk(self._redactor).run(data))

    def add_pattern(self, name: str, pattern: str) -> None:
        r"""Look for a pattern of one's own, too; what it finds becomes ``[REDACTED:NAME]``.

        The pattern is in the syntax of Rust's crate ``regex``: as Python's, without look-around and
        back-references, so that no text makes it slow. Where it has a group called ``value``, only
        that is taken out.

        Raises:
            DataProtectionError: The pattern cannot be used; the sanitizer stays as it was.

        >>> sanitizer = DataSanitizer()
        >>> sanitizer.add_pattern("badge", r"B-\d{6}")
        >>> sanitizer.sanitize_data("opened by B-123456")
        'opened by [REDACTED:BADGE]'
        """
        with self._lock:
            patterns = {**self._patterns, name: pattern}
            self._redactor = Redactor(self._detectors, patterns=patterns)
            self._patterns = patterns

    def remove_pattern(self, name: str) -> bool:
        """Look for it no longer: a pattern that was added, or a detector.

        Returns:
            Whether there was something to take away.
        """
        with self._lock:
            patterns = {known: text for known, text in self._patterns.items() if known != name}
            detectors = self._detectors
            if len(patterns) == len(self._patterns):
                if f"-{name}" in detectors:
                    return False
                detectors = [*(detectors or ["default"]), f"-{name}"]
            try:
                self._redactor = Redactor(detectors, patterns=patterns)
            except DataProtectionError:
                # No detector has this name.
                return False
            self._patterns, self._detectors = patterns, detectors
            return True


class AsyncSecurityValidator:
    """A :class:`SecurityValidator` to await: a long text is looked through beside the event loop.

    Args:
        validator: The validator that does the work; a new one by default.
    """

    def __init__(self, validator: SecurityValidator | None = None) -> None:
        self._validator = validator or SecurityValidator()

    async def validate_async(self, text: str | bytes) -> Validation:
        """What :meth:`SecurityValidator.validate_input` says of the text.

        >>> import asyncio
        >>> asyncio.run(AsyncSecurityValidator().validate_async("hello"))
        {'valid': True, 'threats': []}
        """
        if len(text) < _LONG:
            return self._validator.validate_input(text)
        return await asyncio.to_thread(self._validator.validate_input, text)

    def add_threat_pattern(
        self, name: str, pattern: str, severity: Literal["low", "medium", "high"] = "medium"
    ) -> None:
        """As :meth:`SecurityValidator.add_threat_pattern`."""
        self._validator.add_threat_pattern(name, pattern, severity)

    def remove_threat_pattern(self, name: str) -> bool:
        """As :meth:`SecurityValidator.remove_threat_pattern`."""
        return self._validator.remove_threat_pattern(name)
