"""Objects of a store, by way of fsspec: listed, fetched, and distinguished without reading them.

The only part of perfkit that opens a connection of its own accord. Credentials and addresses are
those of fsspec's own configuration; they are neither read nor shown here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from perfkit.core.errors import MissingExtraError, RemoteError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.lean_imports import without

_VERSIONS = ("ETag", "etag", "md5Hash", "content_md5", "generation", "VersionId", "version_id")
"""What stores call that which differs between two contents of one name."""

_TIMES = ("LastModified", "last_modified", "mtime", "updated", "modified", "created")


Connections = dict[Any, Any]
"""File systems of fsspec that are in use, each under itself: those with equal options are equal."""


class RemoteObject(NamedTuple):
    """An object: its name below the folder, its path in the store, its size in bytes.

    `token` tells this content of it from every other: a version, else a time.
    """

    name: str
    path: str
    size: int
    token: str


class Store:
    """The objects below a URL that ends in `/`, or the one that it names.

    Stores of one kind share `connections`; to open one takes longer than to list a folder.
    """

    def __init__(self, url: str, connections: Connections | None = None) -> None:
        self.url = url
        with self._words(), without("httpx", "httpx2"):
            from fsspec.core import url_to_fs

            files, root = url_to_fs(url, skip_instance_cache=True)
            self._files = files if connections is None else connections.setdefault(files, files)
            if self._is_s3:
                from perfkit.mirror.s3 import with_quick_times

                with_quick_times(self._files)
        self._root = root.rstrip("/")

    def objects(self) -> Iterator[RemoteObject]:
        """What is there now."""
        with self._words():
            if not self.url.endswith("/"):
                yield self._object(self._root.rpartition("/")[2], self._info(self._root))
                return
            found: Mapping[str, Mapping[str, Any]]
            found = self._files.find(self._root, detail=True, **self._fresh("find"))
            for path, info in found.items():
                if info.get("type") == "file":
                    yield self._object(path.removeprefix(self._root + "/"), info)

    def download(self, one: RemoteObject, path: str) -> None:
        """Writes the content of an object to a file; raises `FileNotFoundError`."""
        with self._words(gone=True):
            self._files.get_file(one.path, path)

    def _info(self, path: str) -> Mapping[str, Any]:
        info: Mapping[str, Any] = self._files.info(path, **self._fresh("info"))
        if info.get("type") != "file":
            raise RemoteError(self.url, "is a folder", "end the path with /")
        return info

    def _object(self, name: str, info: Mapping[str, Any]) -> RemoteObject:
        size = int(info.get("size") or 0)
        token = next((f"{key}={info[key]}" for key in _VERSIONS if info.get(key)), "")
        if not token:
            token = next((f"{key}={info[key]}" for key in _TIMES if info.get(key)), "")
        return RemoteObject(name, str(info["name"]), size, token)

    def _fresh(self, call: str) -> dict[str, bool]:
        """How to ask for what is there now and not what was there before."""
        self._files.invalidate_cache()
        return {"refresh": True} if self._is_s3 and call == "info" else {}

    @property
    def _is_s3(self) -> bool:
        protocol = self._files.protocol
        return "s3" in ((protocol,) if isinstance(protocol, str) else protocol)

    @contextmanager
    def _words(self, *, gone: bool = False) -> Iterator[None]:
        """Turns what can go wrong with a store into `RemoteError`."""
        try:
            yield
        except (RemoteError, MissingExtraError):
            raise
        except ImportError as error:
            raise MissingExtraError(error.name or str(error), "remote") from error
        except OSError as error:
            if os.path.isabs(str(error.filename or "")):
                raise  # of a file of this machine
            raise self._of_store(error, gone=gone) from error
        except Exception as error:  # each store brings errors of its own
            raise self._of_store(error, gone=gone) from error

    def _of_store(self, error: Exception, *, gone: bool) -> Exception:
        if isinstance(error, FileNotFoundError):
            if gone:
                return error
            remedy = "check the path and the credentials"
            return RemoteError(self.url, "is not there", remedy)
        if isinstance(error, PermissionError):
            return RemoteError(self.url, "access is refused", _CREDENTIALS)
        name = type(error).__name__
        if "Credential" in name:
            return RemoteError(self.url, "there are no credentials for it", _CREDENTIALS)
        said = " ".join(str(error).split())[:200] or name
        return RemoteError(self.url, f"cannot be read ({said})", "try again later")


_CREDENTIALS = "check the credentials in the environment or in the configuration of fsspec"
