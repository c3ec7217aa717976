"""The first lines that a program writes, without any configuration."""

from conftest import run


def test_a_logger_without_configuration_writes_plain_text_to_stderr():
    done = run("from hydra_logger import HydraLogger; HydraLogger().info('APP', 'started')")
    assert done.stdout == ""
    assert done.stderr.endswith(" APP INFO - started\n")


def test_the_first_line_loads_none_of_the_slow_modules():
    slow = "{'typing', 'logging', 'dataclasses', 'asyncio', 'pydantic', 'inspect', 're'}"
    done = run(
        "import sys\n"
        "before = set(sys.modules)\n"
        "import hydra_logger\n"
        "hydra_logger.HydraLogger().info('APP', 'started')\n"
        f"print(sorted((set(sys.modules) - before) & {slow}))\n"
    )
    assert done.stdout == "[]\n"


def test_what_the_environment_says_is_followed():
    program = "from hydra_logger import HydraLogger; HydraLogger().debug('APP', 'seen')"
    assert run(program).stderr == ""
    assert run(program, HYDRA_LOG_LEVEL="DEBUG").stderr.endswith(" APP DEBUG - seen\n")
