"""The structure of a scenario file, held against its JSON Schema, with faults in words for people."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from cooperation.document import BadInput, Entries, Fault, line_of

SCHEMA = Path(__file__).parents[1] / "data" / "scenario.schema.json"
FAULTS_AT_MOST = 200
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}

KeyPath = tuple[str | int, ...]
Told = tuple[KeyPath, str, str]


class Findings:
    """The faults found so far in one document, and which of its parts can no longer be trusted."""

    def __init__(self, name: str, document: Entries) -> None:
        self.name = name
        self.document = document
        self.broken: set[KeyPath] = set()
        self._faults: set[Fault] = set()

    def add(self, path: KeyPath, problem: str, mend: str = "") -> None:
        """Note one fault at the value under `path`."""
        line = line_of(self.document, path)
        self._faults.add(Fault(self.name, line, key_of(self.document, path), problem, mend))

    def add_broken(self, path: KeyPath, problem: str, mend: str = "") -> None:
        """Note one fault that makes the entry around `path`, or one of its contents, unfit for checks."""
        self.broken.add(path[:4] if path[2:3] == ("contents",) else path[:2])
        self.add(path, problem, mend)

    def is_sound(self, *path: str | int) -> bool:
        """Return whether nothing structural is wrong at this section, entry or content of an entry."""
        return not any(path[:length] in self.broken for length in range(1, len(path) + 1))

    def allowed(self, word: str, words: Collection[str]) -> str:
        """Return the mend for a word that does not exist: the nearest one, then those allowed."""
        if not words:
            return "there are none"
        # likeness is dear to compute: not for a file that is wrong throughout, nor among thousands
        may_look = len(self._faults) < FAULTS_AT_MOST and len(words) <= 200 and len(word) <= 64
        near = difflib.get_close_matches(word, words, n=1) if may_look else []
        shown = list(islice(words, 45))
        more = [f"and {len(words) - 45:,} more"] if len(words) > 45 else []
        hint = [f"did you mean {near[0]}?"] if near else []
        return " ".join([*hint, "allowed:", ", ".join([*shown, *more])])

    def refuse_if_any(self) -> None:
        """Raise BadInput with every fault in file order; beyond 200 they are counted."""
        faults = sorted(self._faults)
        if not faults:
            return
        rest = len(faults) - FAULTS_AT_MOST
        if rest > 0:
            problem = f"{rest:,} more faults up to this line are not shown"
            faults = [*faults[:FAULTS_AT_MOST], Fault(self.name, faults[-1].line, "…", problem)]
        raise BadInput(faults)


def key_of(document: Any, path: Sequence[str | int]) -> str:
    """Return the path as a person would say it: entries of a list go by their id where they have one."""
    words: list[str] = []
    for step in path:
        inside = document[step] if _holds(document, step) else None
        if isinstance(step, int):
            name = inside.get("id") if isinstance(inside, Mapping) else None
            words.append(_shown(name, quote="") if isinstance(name, str) else str(step + 1))
        else:
            words.append(_shown(step, quote=""))
        document = inside
    return ".".join(words)


def check_shape(document: Entries, findings: Findings) -> None:
    """Hold the document against the schema that ships and note each fault."""
    for error in _validator().iter_errors(document):
        keyword = str(error.validator)
        if keyword == "additionalProperties":
            _note_unknown_keys(error, findings)
            continue
        for path, problem, mend in _told(keyword, error):
            findings.add_broken(path, problem, mend)


@cache
def _validator() -> Any:
    dialect = extend(Draft202012Validator, {"pattern": _whole_pattern})
    return dialect(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _whole_pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    # `$` of this language also matches before a last line feed; that of JSON Schema does not
    if isinstance(instance, str):
        runs_on = pattern.endswith("$") and instance.endswith("\n")
        if runs_on or not re.search(pattern, instance):
            yield ValidationError("pattern")


def _holds(document: Any, step: str | int) -> bool:
    if isinstance(document, Mapping):
        return step in document
    return isinstance(document, list) and isinstance(step, int) and step < len(document)


def _note_unknown_keys(error: ValidationError, findings: Findings) -> None:
    schema = _schema_of(error)
    patterns = schema.get("patternProperties", {})
    known = schema.get("properties", {})
    for key in error.instance:
        path = (*error.absolute_path, key)
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        if patterns:
            findings.add_broken(path, f"is not {schema['title']}", schema["description"])
        else:
            findings.add(path, "is not a key here", findings.allowed(key, known))


def _schema_of(error: ValidationError) -> Mapping[str, Any]:
    return error.schema if isinstance(error.schema, Mapping) else {}


def _told(keyword: str, error: ValidationError) -> Iterator[Told]:
    """Yield what one error of the validator means, in words that say what is allowed."""
    path: KeyPath = tuple(error.absolute_path)
    if keyword == "required":
        yield from _missing_keys(path, error.instance, error.validator_value, _schema_of(error))
    elif keyword not in ("oneOf", "anyOf") or isinstance(error.instance, Mapping):
        yield (path, *_problem(keyword, error.instance, error.validator_value, _schema_of(error)))


def _missing_keys(
    path: KeyPath, instance: Mapping[str, Any], required: Iterable[str], schema: Mapping[str, Any]
) -> Iterator[Told]:
    for key in required:
        if key not in instance:
            about = _resolved(schema.get("properties", {}).get(key, {}))
            yield (*path, key), "is missing", about.get("description", f"add {key}")


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    found: Mapping[str, Any] = _validator().schema["$defs"][name] if name else schema
    return found


def _problem(keyword: str, value: Any, limit: Any, schema: Mapping[str, Any]) -> tuple[str, str]:
    title = schema.get("title", "")
    mend = schema.get("description", "")
    if keyword in ("oneOf", "anyOf"):
        return title, mend
    if keyword == "enum":
        return f"{_shown(value)} is not allowed", "allowed: " + ", ".join(
            _shown(word, quote="") for word in limit
        )
    if keyword == "maxLength":
        return f"is {len(value):,} characters long", f"at most {limit:,}"
    if keyword in ("maxItems", "maxProperties"):
        return f"has {len(value):,} entries", f"at most {limit:,}"
    if keyword in ("minItems", "minProperties"):
        return f"has {len(value):,} entries", f"at least {limit:,}"
    if keyword == "uniqueItems":
        return "names something twice", "name each once"
    if keyword == "minLength" or (keyword == "pattern" and not value.strip()):
        return "is empty", mend or f"write {title}"
    wanted = title or _type_words(limit if keyword == "type" else schema.get("type"))
    return f"{_shown(value)} is not {wanted}", mend


def _type_words(types: str | Sequence[str] | None) -> str:
    names = [types] if isinstance(types, str) else list(types or ())
    return " or ".join(_TYPES.get(name, name) for name in names) or "allowed here"


def _shown(value: Any, quote: str = '"') -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        # a key or a value may hold line feeds, and a fault is one line
        text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", value)
        return f"{quote}{text if len(text) <= 60 else text[:57] + '...'}{quote}"
    return json.dumps(value)
