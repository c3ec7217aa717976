"""Colours: there on a terminal, not in a pipe, and as the environment says.

You will see on stderr one line in colour and one without:

    2026-11-21 13:05:36.123456+01:00 APP WARNING - in colour even in a pipe
    2026-11-21 13:05:36.123456+01:00 APP WARNING - without
"""

import os

from hydra_logger import HydraLogger

os.environ["FORCE_COLOR"] = "1"
HydraLogger().warning("APP", "in colour even in a pipe")

os.environ["NO_COLOR"] = "1"  # what no-color.org asks for wins
HydraLogger().warning("APP", "without")
