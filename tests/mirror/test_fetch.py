"""Logs of an object store, by way of a real S3 API on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.cli import main as cli
from perfkit.core.errors import ConfigError, LogReadError, RemoteError
from perfkit.mirror import fetch as fetching
from perfkit.mirror.fetch import fetch
from perfkit.mirror.store import Connections, RemoteObject, Store
from tests.clusterkit import line
from tests.conftest import CAMPAIGN, WriteWorkspace

CONFIG = """\
sources:
  - {{name: bot, path: "{url}", pattern: "{pattern}", currency: USD}}
"""
DAILY = "????-??-??.jsonl"


class Bucket:
    """A bucket of a server on this machine."""

    def __init__(self, name: str, files: Any) -> None:
        self.name = name
        self.files = files

    def put(self, name: str, text: str) -> None:
        self.files.pipe_file(f"{self.name}/{name}", text.encode())

    def remove(self, name: str) -> None:
        self.files.rm_file(f"{self.name}/{name}")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def _environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret-of-nobody-else",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> Bucket:
    from fsspec.core import url_to_fs

    name = f"bots-{abs(hash(request.node.nodeid))}"
    files, _ = url_to_fs(f"s3://{name}", skip_instance_cache=True)
    files.mkdir(name)
    return Bucket(name, files)


def day(number: int, net: str = "1") -> str:
    return line(f"{number}", f"2026-04-{number:02d}T10:00:00Z", net)


@pytest.fixture
def root(workspace: WriteWorkspace, bucket: Bucket) -> Path:
    for number in (6, 7, 8):
        bucket.put(f"bot/2026-04-{number:02d}.jsonl", day(number))
    bucket.put("bot/readme.txt", "no log")
    bucket.put("other/2026-04-06.jsonl", day(6))
    return workspace(CONFIG.format(url=f"s3://{bucket.name}/bot/", pattern=DAILY))


def fetched(root: Path, **options: Any) -> fetching.Fetched:
    config = perfkit.open(root).config
    return fetch(config, config.sources[0], **options)


def net(root: Path) -> object:
    return perfkit.open(root).summary("all").metrics["net_pnl"]


def copies(root: Path) -> list[str]:
    folder = root / "logs/mirror"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_first_fetch_brings_the_logs_and_the_second_nothing(root: Path) -> None:
    with pytest.raises(LogReadError, match="nothing was fetched yet; run `perfkit fetch bot`"):
        net(root)
    names = tuple(f"2026-04-0{n}.jsonl" for n in (6, 7, 8))
    assert fetched(root) == fetching.Fetched("bot", new=names)
    assert copies(root) == [f"bot/{name}" for name in names]
    assert net(root) == 3
    assert fetched(root) == fetching.Fetched("bot", stood=3)


def test_what_grew_or_was_replaced_is_fetched_and_read_on(root: Path, bucket: Bucket) -> None:
    assert fetched(root)
    assert net(root) == 3
    bucket.put("bot/2026-04-08.jsonl", day(8) + line("8b", "2026-04-08T11:00:00Z", "10"))
    bucket.put("bot/2026-04-06.jsonl", day(6, "3"))
    bucket.put("bot/2026-04-09.jsonl", day(9))
    found = fetched(root)
    assert (found.new, found.stood) == (("2026-04-09.jsonl",), 1)
    assert found.changed == ("2026-04-06.jsonl", "2026-04-08.jsonl")
    activity = perfkit.open(root).book.activity
    assert (activity.grown, activity.rewritten) == (1, ("logs/mirror/bot/2026-04-06.jsonl",))
    assert net(root) == 16


def test_a_copy_that_somebody_touched_is_fetched_again(root: Path) -> None:
    assert fetched(root)
    copy = root / "logs/mirror/bot/2026-04-07.jsonl"
    copy.write_text(copy.read_text().replace('"1"', '"9"'))
    (root / "logs/mirror/bot/2026-04-06.jsonl").unlink()
    assert fetched(root).changed == ("2026-04-06.jsonl", "2026-04-07.jsonl")
    assert net(root) == 3


def test_what_is_gone_stays_unless_it_is_to_go_and_is_said_once(root: Path, bucket: Bucket) -> None:
    assert fetched(root)
    bucket.remove("bot/2026-04-06.jsonl")
    assert fetched(root).gone == ("2026-04-06.jsonl",)
    assert fetched(root) == fetching.Fetched("bot", stood=2)
    assert net(root) == 3
    assert fetched(root, delete=True).removed == ("2026-04-06.jsonl",)
    assert net(root) == 2
    bucket.put("bot/2026-04-06.jsonl", day(6))
    assert fetched(root).new == ("2026-04-06.jsonl",)


def test_a_store_that_lost_everything_takes_no_copy_along(root: Path, bucket: Bucket) -> None:
    assert fetched(root)
    for number in (6, 7, 8):
        bucket.remove(f"bot/2026-04-{number:02d}.jsonl")
    for delete in (True, False):
        with pytest.raises(RemoteError, match="has no log any more, though 3 were fetched before"):
            fetched(root, delete=delete)
    assert net(root) == 3


class Meddled:
    """Does something after each download of a store."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, does: Callable[[RemoteObject], None]
    ) -> None:
        real = Store.download

        def download(store: Store, one: RemoteObject, path: str) -> None:
            real(store, one, path)
            does(one)

        monkeypatch.setattr(Store, "download", download)


def test_what_is_replaced_while_it_is_fetched_is_fetched_again(
    root: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [2]

    def replace(one: RemoteObject) -> None:
        if one.name == "2026-04-07.jsonl" and left[0]:
            left[0] -= 1
            bucket.put("bot/2026-04-07.jsonl", day(7, str(5 - left[0])))

    Meddled(monkeypatch, replace)
    assert len(fetched(root).new) == 3
    assert net(root) == 7
    assert fetched(root).stood == 3


def test_what_never_stands_still_is_an_error_and_the_old_copy_stays(
    root: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetched(root)
    bucket.put("bot/2026-04-07.jsonl", day(7, "2"))
    numbers = iter(range(3, 100))
    Meddled(monkeypatch, lambda one: bucket.put(f"bot/{one.name}", day(7, str(next(numbers)))))
    with pytest.raises(RemoteError, match=r"2026-04-07\.jsonl changes faster than it can be"):
        fetched(root)
    assert net(root) == 3
    assert copies(root) == [f"bot/2026-04-0{n}.jsonl" for n in (6, 7, 8)]


def test_an_interrupted_fetch_keeps_whole_files_and_goes_on_later(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "AT_ONCE", 1)
    monkeypatch.setattr(fetching, "BATCH", 1)
    with monkeypatch.context() as patch:

        def interrupt(one: RemoteObject) -> None:
            if one.name == "2026-04-07.jsonl":
                raise KeyboardInterrupt

        Meddled(patch, interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetched(root)
    there = copies(root)
    assert "bot/2026-04-06.jsonl" in there
    assert "bot/2026-04-07.jsonl" not in there
    assert not (root / "logs/mirror/.fetching/bot").exists()
    found = fetched(root)
    assert len(found.new) + found.stood == 3
    assert found.stood >= 1
    assert net(root) == 3


@pytest.mark.slow
def test_a_killed_fetch_leaves_whole_files(root: Path, bucket: Bucket) -> None:
    for number in range(9, 29):
        bucket.put(f"bot/2026-04-{number:02d}.jsonl", day(number) * 2000)
    for delay in (0.0, 0.02, 0.1):
        command = [sys.executable, "-m", "perfkit", "fetch", "--root", str(root)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            end = time.monotonic() + 20
            while not (root / "logs/mirror/.fetching/bot").exists() and process.poll() is None:
                assert time.monotonic() < end
            time.sleep(delay)
            process.kill()
        for name in copies(root):
            if name.startswith("bot/"):
                content = (root / "logs/mirror" / name).read_text()
                number = int(name[15:17])
                assert content in (day(number), day(number) * 2000)
    assert fetched(root)
    assert net(root) == 23


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "there are no credentials"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "cannot be read"),
    ],
    ids=["none", "no server"],
)
def test_what_is_wrong_with_the_way_there_is_said_without_secrets(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    said: str,
) -> None:
    for name, value in change.items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert cli.main(["fetch", "--root", str(root)]) == 3
    err = capsys.readouterr().err
    assert err.startswith("perfkit: bot: s3://bots-")
    assert said in err
    assert "secret-of-nobody-else" not in err


def test_credentials_that_the_store_refuses_are_named_as_such(root: Path) -> None:
    """The server checks signatures from here on."""
    allowed_without(0)
    try:
        with pytest.raises(RemoteError, match="access is refused; check the credentials in"):
            fetched(root)
    finally:
        allowed_without(1_000_000_000)


def allowed_without(requests: int) -> None:
    """So many requests need no valid credentials."""
    request = urllib.request.Request(
        f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/reset-auth",
        data=str(requests).encode(),
        headers={"Content-Type": "text/plain"},
        method="POST",
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def test_one_object_is_a_source_as_well(workspace: WriteWorkspace, bucket: Bucket) -> None:
    bucket.put("bot/all.jsonl", day(6) + day(7))
    root = workspace(CONFIG.format(url=f"s3://{bucket.name}/bot/all.jsonl", pattern=DAILY))
    assert fetched(root).new == ("all.jsonl",)
    assert net(root) == 2
    workspace(CONFIG.format(url=f"s3://{bucket.name}/bot", pattern=DAILY))
    with pytest.raises(RemoteError, match="is a folder; end the path with /"):
        fetched(root)


def test_folders_below_are_kept_where_the_pattern_wants_them(
    workspace: WriteWorkspace, bucket: Bucket
) -> None:
    bucket.put("bot/2026/04/06.jsonl", day(6))
    bucket.put("bot/2026/05.txt", "no")
    root = workspace(CONFIG.format(url=f"s3://{bucket.name}/bot/", pattern="**/*.jsonl"))
    assert fetched(root).new == ("2026/04/06.jsonl",)
    assert net(root) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{name: bot, path: "ftp://me:word@host/x/", currency: USD}', "must not hold a user"),
        ('{name: a/b, path: "s3://bucket/x/", currency: USD}', "cannot name the folder"),
    ],
)
def test_urls_with_passwords_and_names_of_no_folder_are_refused(
    workspace: WriteWorkspace, line: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        perfkit.open(workspace(f"sources:\n  - {line}\n"))
    assert "word" not in str(error.value).replace("password", "")


def test_a_name_that_leads_out_of_the_folder_is_refused(root: Path, bucket: Bucket) -> None:
    from perfkit.mirror.fetch import _Fetch

    config = perfkit.open(root).config
    run = _Fetch(config, config.sources[0]._replace(pattern="**/*"), str(root), None)
    with pytest.raises(RemoteError, match="cannot name a file"):
        list(run._wanted([RemoteObject("../x.jsonl", "p", 1, "t")]))


def test_no_other_command_opens_a_connection(root: Path) -> None:
    assert fetched(root)
    (root / "config/alerts.yaml").write_text("rules:\n  - {id: r, metric: net_pnl, below: 0}\n")
    script = """
import sys
from perfkit.alerts import cron
from perfkit.cli import main
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise AssertionError(event)
sys.addaudithook(refuse)
root = sys.argv[1]
for words in ("summary", "trades", "check", "explain net_pnl", "cache verify"):
    assert main.main([*words.split(), "--root", root]) == 0, words
cron.main(["--root", root])
assert "fsspec" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, done.stderr)


def test_the_command_says_what_it_did(
    root: Path, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str) -> tuple[int, str]:
        code = cli.main(["fetch", "--root", str(root), *words])
        return code, capsys.readouterr().out

    assert said() == (0, "bot: 3 new\n")
    assert said("bot") == (0, "bot: 3 as before\n")
    bucket.remove("bot/2026-04-06.jsonl")
    gone = "1 gone from the store, their copies stay (--delete removes them)"
    assert said() == (0, f"bot: 2 as before, {gone}\n")
    assert said("--delete") == (0, "bot: 2 as before, 1 removed, as they are gone from the store\n")
    assert cli.main(["fetch", "--root", str(root), "nobody"]) == 3


def test_sources_in_one_store_share_a_connection_and_one_that_fails_stops_no_other(
    workspace: WriteWorkspace,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from aiobotocore.session import AioSession

    names = ("a", "b", "none", "c")
    for name in ("a", "b", "c"):
        bucket.put(f"{name}/2026-04-06.jsonl", day(6))
    root = workspace(
        "sources:\n"
        + "".join(
            f'  - {{name: {name}, path: "s3://{bucket.name}/{name}/", currency: USD}}\n'
            for name in names
        )
    )
    made: list[str] = []
    create = AioSession.create_client

    def noted(session: AioSession, service: str, **options: Any) -> Any:
        made.append(service)
        return create(session, service, **options)

    monkeypatch.setattr(AioSession, "create_client", noted)
    for count in ("1 new", "1 as before"):
        assert cli.main(["fetch", "--root", str(root)]) == 3
        said = capsys.readouterr()
        assert said.out == "".join(f"{name}: {count}\n" for name in ("a", "b", "c"))
        assert f"perfkit: none: s3://{bucket.name}/none/ " in said.err
    assert made == ["s3", "s3"]


def test_stores_of_different_kinds_share_nothing() -> None:
    connections: Connections = {}
    urls = ("s3://a/x/", "s3://b/y/", "memory://x/", "memory://y/")
    stores = [Store(url, connections) for url in urls]
    assert len(connections) == 2
    assert stores[0]._files is stores[1]._files
    assert stores[2]._files is stores[3]._files
    assert Store("s3://a/x/")._files is not stores[0]._files


def test_a_listing_needs_no_general_reader_of_times(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetched(root)

    def parse(*_: object, **__: object) -> None:
        raise AssertionError("a general reader of times")

    monkeypatch.setattr("botocore.parsers.DEFAULT_TIMESTAMP_PARSER", parse)
    assert fetched(root).stood == 3


def test_a_profile_that_the_configuration_of_fsspec_names_is_used(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fsspec.config import conf

    monkeypatch.setitem(conf, "s3", {"profile": "nobody"})
    with pytest.raises(RemoteError, match=r"profile \(nobody\) could not be found"):
        fetched(root)


@pytest.mark.slow
def test_many_objects_are_listed_and_nothing_new_is_quick(
    workspace: WriteWorkspace, bucket: Bucket
) -> None:
    count = 10_000 if CAMPAIGN else 200
    names = {
        f"{bucket.name}/bot/t{n:05d}.jsonl": json.dumps({"n": n}).encode() for n in range(count)
    }
    bucket.files.pipe(names)
    root = workspace(CONFIG.format(url=f"s3://{bucket.name}/bot/", pattern="t*.jsonl"))
    assert len(fetched(root).new) == count
    best = min(_seconds(lambda: fetched(root)) for _ in range(3))
    assert fetched(root).stood == count
    assert best < 10 * count / 1000


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
