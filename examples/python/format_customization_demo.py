"""What a line looks like: by arguments, by the environment, and in each of the formats.

You will see on stderr:

    2026-11-21 13:05:36 [APP] INFO: by arguments
    21.11.2026 13:05:36.123456+01:00 APP INFO - by the environment
    plain-text
    2026-11-21 13:05:36.123456+01:00 APP INFO - sold item=tea price=9
    json
    {"timestamp":"2026-11-21T13:05:36.123456Z","level":"INFO","logger":"APP","message":"sold","item":"tea","price":9}
    csv
    2026-11-21T13:05:36.123456Z,INFO,APP,sold,"{""item"":""tea"",""price"":9}"
    syslog
    <14>1 2026-11-21T13:05:36.123456Z ... APP [fields@32473 item="tea" price="9"] sold
    gelf
    {"timestamp":...,"version":"1.1","host":"...","level":6,"_logger":"APP","short_message":"sold","_item":"tea","_price":9}
    logfmt
    timestamp=2026-11-21T13:05:36.123456Z level=INFO logger=APP message=sold item=tea price=9
"""

import os
import sys

from hydra_logger import VALID_FORMATS, HydraLogger

HydraLogger(
    date_format="%Y-%m-%d",
    time_format="%H:%M:%S",
    logger_name_format="[{name}]",
    message_format="{level}: {message}",
).info("APP", "by arguments")

os.environ["HYDRA_LOG_DATE_FORMAT"] = "%d.%m.%Y"
HydraLogger().info("APP", "by the environment")
del os.environ["HYDRA_LOG_DATE_FORMAT"]

for layout in VALID_FORMATS:
    print(layout, file=sys.stderr)
    os.environ["HYDRA_LOG_FORMAT"] = layout
    HydraLogger().info("APP", "sold", item="tea", price=9)
