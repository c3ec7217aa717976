"""What a logger's console shows in a notebook: a real kernel, asked over its own protocol."""

from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

Output = list[tuple[str, str]]


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager: KernelManager
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run_cell(kernel: BlockingKernelClient, code: str) -> Output:
    """What a cell has shown, in order, each stream's text apart."""
    shown: Output = []

    def take(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "stream":
            if shown and shown[-1][0] == content["name"]:
                shown[-1] = (content["name"], shown[-1][1] + content["text"])
            else:
                shown.append((content["name"], content["text"]))

    reply = kernel.execute_interactive(code, output_hook=take, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    return shown


def test_lines_stand_in_the_cell_that_logged_them_in_colour(kernel: BlockingKernelClient) -> None:
    shown = run_cell(
        kernel,
        "from hydra_logger import HydraLogger\nlogger = HydraLogger()\nlogger.info('APP', 'hello')",
    )
    assert [stream for stream, _ in shown] == ["stderr"]
    assert "\x1b[32mINFO\x1b[0m" in shown[0][1]
    assert shown[0][1].endswith("hello\n")


def test_lines_on_stdout_keep_their_place_among_what_is_printed(
    kernel: BlockingKernelClient,
) -> None:
    shown = run_cell(
        kernel,
        "plain = HydraLogger({'layers': {'DEFAULT': {'destinations': [{'type': 'console',"
        " 'stream': 'stdout', 'color_mode': 'never', 'date_format': '', 'time_format': ''}]}}})\n"
        "for n in range(3):\n"
        "    print('printed', n)\n"
        "    plain.info('APP', f'logged {n}')\n",
    )
    assert shown == [
        (
            "stdout",
            "".join(f"printed {n}\nAPP INFO - logged {n}\n" for n in range(3)),
        )
    ]


def test_what_a_cell_redirects_is_redirected(kernel: BlockingKernelClient) -> None:
    shown = run_cell(
        kernel,
        "import contextlib, io\n"
        "kept = io.StringIO()\n"
        "with contextlib.redirect_stdout(kept):\n"
        "    plain.info('APP', 'kept')\n"
        "print(repr(kept.getvalue()))\n",
    )
    assert shown == [("stdout", "'APP INFO - kept\\n'\n")]


def test_no_color_is_followed_in_a_notebook_too(kernel: BlockingKernelClient) -> None:
    shown = run_cell(
        kernel,
        "import os\nos.environ['NO_COLOR'] = '1'\n"
        "HydraLogger().warning('APP', 'grey')\ndel os.environ['NO_COLOR']",
    )
    assert "\x1b" not in shown[0][1]
    assert "APP WARNING - grey" in shown[0][1]
