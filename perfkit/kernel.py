"""Kernels for reports: of this environment, reached through files rather than TCP ports."""

from __future__ import annotations

from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager


def kernel_class(runtime: Path) -> type[AsyncKernelManager]:
    """A kernel manager whose connection lives in that folder, which must outlive the kernel.

    With no folders to look in, `python3` is the kernel of this very environment, whatever other
    kernels are installed.
    """

    class ReportKernel(AsyncKernelManager):
        def __init__(self, **settings: object) -> None:
            own = {
                "transport": "ipc",
                "connection_file": str(runtime / "kernel.json"),
                "kernel_spec_manager": KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True),
            }
            super().__init__(**{**settings, **own})

    return ReportKernel
