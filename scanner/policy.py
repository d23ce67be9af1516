"""Policies: what a call is judged by, read from YAML files that can extend each other.

A policy is named by what ships with the scanner (`us`, `cases/linkedin`) or by the path of a file.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from scanner.detect.vocabulary import Vocabulary
from scanner.errors import PolicyError
from scanner.policy_schema import PolicyContent

DEFAULT_POLICY = "us"
_ENDINGS = (".yaml", ".yml")


class Policy(PolicyContent):
    """A policy as its file and the files it extends say; frozen, and sent to workers as it is."""

    @cached_property
    def sha256(self) -> str:
        """Of the resolved content: comments, the order of keys and which file says what do not matter."""
        return _digest(self.model_dump(mode="json", by_alias=True))

    @cached_property
    def vocabulary_sha256(self) -> str:
        """Of the vocabulary alone: while it stays the same, stored facts need not be heard again."""
        return _digest(self.vocabulary_rules.model_dump(mode="json"))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the company adds to the scanner's ear."""
        rules = self.vocabulary_rules
        return Vocabulary(
            vendors=rules.vendors,
            ai_products=rules.ai_products,
            scripts=rules.scripts,
            examples=rules.examples,
            counter_examples=rules.counter_examples,
        )


def _digest(content: object) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def load_policy(path_or_name: str | Path | None = None) -> Policy:
    """The policy of a file, or of a name that ships with the scanner; None is the default policy.

    Raises PolicyError that names file and key.
    """
    chain = _chain(_resolve(DEFAULT_POLICY if path_or_name is None else path_or_name))
    content: dict[str, Any] = {}
    for document in reversed(chain):
        content = _merged(content, document.content)
    content.pop("extends", None)
    content.pop("id", None)  # a policy has a name of its own, or none
    content |= {"id": chain[0].content["id"]} if "id" in chain[0].content else {}
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        raise PolicyError("\n".join(_messages(error, chain))) from None


def policy_names() -> tuple[str, ...]:
    """The names of the policies that ship with the scanner."""
    folder = configs_folder()
    return tuple(sorted(p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.yaml")))


def configs_folder() -> Path:
    """Where the shipped policies lie: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


@dataclass(frozen=True, slots=True)
class _Document:
    """One policy file as written; `shown` is what messages call it."""

    path: Path
    shown: str
    content: dict[str, Any]

    def says(self, location: Sequence[str | int]) -> bool:
        """Whether this file itself says something at that place."""
        here: Any = self.content
        for step in location:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True


def _resolve(path_or_name: str | Path, *, beside: Path | None = None) -> tuple[Path, str]:
    """(file, what messages call it); a relative path in `extends` is relative to the file that says it."""
    named = str(path_or_name)
    if named in policy_names():
        return configs_folder() / f"{named}.yaml", f"configs/{named}.yaml"
    path = Path(named).expanduser()
    if beside is not None and not path.is_absolute():
        path = beside / path
    if path.is_file():
        return path, named
    hint = f"shipped policies: {', '.join(policy_names())}"
    raise PolicyError(f"{named}: no such policy file ({hint})")


def _chain(start: tuple[Path, str]) -> list[_Document]:
    """The file and all that it extends, the most special first."""
    path, shown = start
    documents = [_Document(path, shown, _read(path, shown))]
    while (parent := documents[-1].content.get("extends")) is not None:
        last = documents[-1]
        if not isinstance(parent, str):
            raise PolicyError(f"{last.shown}: extends: must be the name or path of one policy")
        try:
            path, shown = _resolve(parent, beside=last.path.parent)
        except PolicyError as error:
            raise PolicyError(f"{last.shown}: extends: {error}") from None
        if any(path.resolve() == d.path.resolve() for d in documents):
            raise PolicyError(f"{last.shown}: extends: {parent} extends this file in turn")
        documents.append(_Document(path, shown, _read(path, shown)))
    return documents


class _Loader(yaml.SafeLoader):
    """YAML in which NO is Norway (or a key), never `false`, and in which a key cannot be said twice."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Hashable] = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.MarkedYAMLError(
                problem=f"key {key!r} is no text; put it in quotes", problem_mark=key_node.start_mark
            )
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"key {key!r} is said twice", problem_mark=key_node.start_mark)
        seen.add(key)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _read(path: Path, shown: str) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise PolicyError(f"{shown}: {where}{error.problem or 'not YAML'}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise PolicyError(f"{shown}: not YAML in UTF-8") from None
    except OSError as error:
        raise PolicyError(f"{shown}: cannot be read: {error.strerror}") from None
    if not isinstance(content, dict):
        raise PolicyError(f"{shown}: a policy is a mapping of keys")
    return content


def _merged(base: dict[str, Any], special: dict[str, Any]) -> dict[str, Any]:
    """Mappings are merged key by key; lists and single values of the special file replace those of the base."""
    merged = dict(base)
    for key, value in special.items():
        known = merged.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _messages(error: ValidationError, chain: Sequence[_Document]) -> list[str]:
    messages = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        location = [step for step in problem["loc"] if step != "[key]"]
        said = location[:-1] if problem["type"] == "missing" else location
        document = next((d for d in chain if d.says(said)), chain[0])
        if problem["type"] == "extra_forbidden":
            what = "unknown key" + _suggestion(location)
        elif problem["type"] == "missing":
            what = "missing"
        else:
            what = problem["msg"].removeprefix("Value error, ")
        messages.append(f"{document.shown}: {_dotted(location)}: {what}")
    return messages


def _dotted(location: Sequence[str | int]) -> str:
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".") or "(whole file)"


def _suggestion(location: Sequence[str | int]) -> str:
    """The key that was probably meant, found by walking the schema along the location."""
    part: type[BaseModel] = PolicyContent
    for step in location[:-1]:
        field = next((f for n, f in part.model_fields.items() if step in (n, f.alias)), None)
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return ""
        part = field.annotation
    known = [f.alias or n for n, f in part.model_fields.items()]
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
