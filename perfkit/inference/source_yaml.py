"""A source as YAML, with the reasons as comments, and what to write for each answer."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.found import Found
from perfkit.inference.keys.yaml_values import block, comment, on_one_line


def source_yaml(found: Found, path: str | None = None, *, explained: bool = True) -> str:
    """The source as an entry of `sources:`, with what speaks for it as comments."""
    reading = found.reading
    lines = []
    if explained:
        lines += [comment(f"evidence: {', '.join(reading.evidence)}")]
        lines += [comment(f"assumed: {said}") for said in reading.assumed]
        for doubt in reading.likely:
            lines.append(comment(f"likely: {in_one_sentence(doubt)}"))
            lines += [comment(_to_write(one)) for one in doubt.answers[1:]]
        for doubt in reading.doubts:
            lines.append(comment(f"to be decided: {doubt.question}"))
            lines += [comment(_to_write(one)) for one in doubt.answers]
    entry = block(found.source(path))
    first, *rest = entry.splitlines()
    lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return "".join(f"  {line}\n" for line in lines)


def in_one_sentence(doubt: Doubt) -> str:
    """A question whose first answer was taken, why, and what the other answers would change."""
    first, *others = doubt.answers
    question = doubt.question if doubt.question.endswith(("?", ".")) else f"{doubt.question}."
    said = [f"{question} Likely: {first.meaning}, as {doubt.likely}{_gives(first)}"]
    for number, answer in enumerate(others, 2):
        said.append(f"`--answer {doubt.name}={number}`: {answer.meaning}{_gives(answer)}")
    return "; ".join(said)


def _to_write(answer: Answer) -> str:
    """What an answer means and what to write for it: `fields: {side: = long}` for `fields.side`."""
    changes: dict[str, object] = {}
    within: dict[str, dict[str, object]] = {}
    for key, value in answer.changes.items():
        outer, _, inner = key.partition(".")
        if value is None or not inner:
            changes[key] = value
        else:
            changes[outer] = within.setdefault(outer, {})
            within[outer][inner] = value
    return f"if {answer.meaning}: {in_words(answer._replace(changes=changes))}"


def _gives(answer: Answer) -> str:
    return f" ({answer.gives})" if answer.gives else ""


def in_words(answer: Answer) -> str:
    """What to write for an answer, on one line."""
    if answer.why_none:
        return "there are no results"
    if not answer.changes:
        return "nothing to write"
    return "; ".join(
        f"without {key}" if value is None else f"{key}: {on_one_line(value)}"
        for key, value in answer.changes.items()
    )


def config_yaml(founds: Sequence[Found], timezone: str = "UTC") -> str:
    """A configuration that reads these files."""
    entries = "".join(source_yaml(found, explained=False) for found in founds)
    return f"sources:\n{entries}timezone: {timezone}\n"
