"""Sources that a pattern or a file of its own stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.config.settings import load
from perfkit.core.errors import ConfigError
from tests.conftest import WriteWorkspace

EACH_FOLDER = "sources:\n  - {path: logs/bots/{source}/, currency: USD}\n".replace(
    "logs/bots/{source}/", '"logs/bots/{source}/"'
)
FROM_FILES = "sources_from: bots/*.yaml\n"


def named(root: Path) -> dict[str, str]:
    """The path of each source below the workspace."""
    config = load(root)
    return {one.name: one.location.removeprefix(f"{root}/") for one in config.sources}


def test_each_folder_is_a_source_of_its_name(workspace: WriteWorkspace) -> None:
    logs = {f"logs/bots/{name}/2026-04-01.jsonl": "" for name in ("b", "a", "c c")}
    root = workspace(EACH_FOLDER, {**logs, "logs/bots/notes.txt": "", "logs/bots/.git/x": ""})
    assert named(root) == {"a": "logs/bots/a", "b": "logs/bots/b", "c c": "logs/bots/c c"}


def test_what_stands_around_the_name_has_to_be_there(workspace: WriteWorkspace) -> None:
    config = """\
sources:
  - {path: "logs/eu-{source}/trades.jsonl", currency: EUR, name: "{source} (EU)"}
"""
    logs = dict.fromkeys(
        ("logs/eu-a/trades.jsonl", "logs/eu-b/other", "logs/us-c/trades.jsonl"), ""
    )
    root = workspace(config, logs)
    assert named(root) == {"a (EU)": "logs/eu-a/trades.jsonl"}


def test_a_name_may_stand_first_in_a_path_or_in_one_outside(
    workspace: WriteWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "c").mkdir()
    config = f"""\
sources:
  - {{path: "{{source}}/own-logs", currency: USD}}
  - {{path: "{outside}/{{source}}/", currency: USD}}
"""
    root = workspace(config, {"a/own-logs/x": "", "b/other/x": ""})
    assert named(root) == {"a": "a/own-logs", "c": f"{outside}/c"}


@pytest.mark.parametrize(
    "keys",
    [
        "currency: USD",
        "currency: EUR, dialect: freqtrade, timezone: Asia/Tokyo",
        'currency: "%", pattern: "**/*.csv", dialect: {fields: {closed_at: time, net_pnl: pnl}}',
        "currency: USD, header: 3, dialect: {extends: trade_record, only: {mode: live}}",
    ],
)
def test_sources_of_a_pattern_are_what_they_are_when_listed(
    workspace: WriteWorkspace, keys: str
) -> None:
    logs = {f"logs/bots/{name}/2026-04-01.jsonl": "" for name in "abc"}
    root = workspace(f'sources: [{{path: "logs/bots/{{source}}/", {keys}}}]\n', logs)
    found = load(root).sources
    one_by_one = ", ".join(f"{{name: {name}, path: logs/bots/{name}, {keys}}}" for name in "abc")
    (root / "config/perfkit.yaml").write_text(f"sources: [{one_by_one}]\n")
    listed = load(root).sources
    assert [repr(one) for one in found] == [repr(one) for one in listed]


def test_a_name_may_be_that_of_a_file(workspace: WriteWorkspace) -> None:
    config = 'sources:\n  - {path: "logs/{source}.jsonl", currency: USD}\n'
    root = workspace(config, {"logs/a.jsonl": "", "logs/b.jsonl": "", "logs/c.txt": ""})
    assert named(root) == {"a": "logs/a.jsonl", "b": "logs/b.jsonl"}


def test_folders_that_perfkit_writes_are_no_sources(workspace: WriteWorkspace) -> None:
    config = 'sources:\n  - {path: "logs/{source}/", currency: USD}\n'
    own = ("logs/performance/x", "logs/mirror/x", "logs/performance-alerts.jsonl")
    root = workspace(config, dict.fromkeys(own, ""))
    assert named(root) == {"trades": "logs/trades"}


def test_a_source_with_an_entry_of_its_own_is_left_out_of_the_pattern(
    workspace: WriteWorkspace,
) -> None:
    config = f"{EACH_FOLDER}  - {{name: special, path: logs/bots/b, currency: EUR}}\n"
    root = workspace(config, {"logs/bots/a/x": "", "logs/bots/b/x": ""})
    assert named(root) == {"a": "logs/bots/a", "special": "logs/bots/b"}


def test_each_file_is_a_source_named_after_it_unless_it_says_another(
    workspace: WriteWorkspace,
) -> None:
    root = workspace(
        FROM_FILES,
        {
            "bots/b.yaml": "{path: logs/b, currency: USD}\n",
            "bots/a.yaml": "name: alpha\npath: logs/a\ncurrency: EUR\npattern: '*.csv'\n",
            "bots/c.yaml": '{path: "logs/c/{source}/", currency: USD}\n',
            "bots/notes.md": "",
            "logs/c/one/x": "",
        },
    )
    assert named(root) == {"alpha": "logs/a", "b": "logs/b", "one": "logs/c/one"}
    assert [one.currency for one in load(root).sources] == ["EUR", "USD", "USD"]


def test_files_come_beside_sources_that_are_listed(workspace: WriteWorkspace) -> None:
    config = f"{FROM_FILES}sources:\n  - {{name: a, path: logs/a, currency: USD}}\n"
    root = workspace(config, {"bots/b.yaml": "{path: logs/b, currency: USD}"})
    assert list(named(root)) == ["a", "b"]


def test_only_what_changed_is_parsed_again(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfkit.config import yaml

    bots = {f"bots/{n}.yaml": f"{{path: logs/{n}, currency: USD}}" for n in range(3)}
    root = workspace(FROM_FILES, bots)
    (root / "logs/performance/cache").mkdir(parents=True)
    load(root)
    parsed: list[str] = []
    parse = yaml.parse

    def noted(text: str, file: str) -> yaml.Document:
        parsed.append(file)
        return parse(text, file)

    monkeypatch.setattr(yaml, "parse", noted)
    assert list(named(root)) == ["0", "1", "2"]
    assert parsed == []
    (root / "bots/1.yaml").write_text("{path: logs/other, currency: USD}")
    assert named(root)["1"] == "logs/other"
    assert parsed == ["bots/1.yaml"]


@pytest.mark.parametrize(
    ("config", "files", "said"),
    [
        (EACH_FOLDER, {}, "perfkit.yaml:2: sources.0.path: nothing matches logs/bots/{source}/"),
        (FROM_FILES, {}, "perfkit.yaml:1: sources_from: nothing matches bots/*.yaml"),
        (FROM_FILES, {"bots/x.txt": ""}, "nothing matches bots/*.yaml"),
        ("sources_from: '*/x.yaml'\n", {}, "does not name files of one folder"),
        ("sources_from: [a]\n", {}, "is not text"),
        (FROM_FILES, {"bots/a.yaml": "{path: x}"}, "bots/a.yaml:1: currency: is missing"),
        (FROM_FILES, {"bots/a.yaml": "- a"}, "bots/a.yaml:1: is not a mapping"),
        (FROM_FILES, {"bots/a.yaml": "{path: x, currency: USD, pth: y}"}, "did you mean path?"),
        (
            FROM_FILES,
            {
                "bots/a.yaml": "{path: x, currency: USD}",
                "bots/b.yaml": "{path: y, currency: USD, name: a}",
            },
            "bots/b.yaml:1: name: 'a' is the name of two sources",
        ),
        (
            FROM_FILES,
            dict.fromkeys(("bots/a.yaml", "bots/b.yaml"), "{path: x, currency: USD}"),
            "bots/b.yaml:1: path: 'b' reads what 'a' reads",
        ),
        (
            'sources: [{path: "logs/{source}/{source}", currency: USD}]\n',
            {},
            "has {source} twice; name the source once",
        ),
        (
            'sources: [{path: "s3://bucket/{source}/", currency: USD}]\n',
            {},
            "{source} is in a URL; list the sources",
        ),
        (
            'sources: [{name: bot, path: "logs/{source}/", currency: USD}]\n',
            {"logs/a/x": ""},
            "name: is the same for all sources of the path; leave it out, or write {source} in it",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_line(
    workspace: WriteWorkspace, config: str, files: dict[str, str], said: str
) -> None:
    root = workspace(config, files)
    with pytest.raises(ConfigError) as caught:
        load(root)
    assert said in str(caught.value)
