"""What a run shows that writes nothing: the lines of its new events, and what fires besides.

perfkit-alerts: WARN critical firing: Drawdown since the start is -905.66 USD, limit -900.00 ...
perfkit-alerts: win-rate-20 fires since 2026-04-08 12:05 UTC
"""

from __future__ import annotations

from perfkit.alerts.check import CheckResult
from perfkit.alerts.sentences import Sentences
from perfkit.alerts.sinks.lines import warning
from perfkit.alerts.sinks.sink import is_news


def lines_of(result: CheckResult) -> list[str]:
    """The lines, without what is silenced."""
    words = Sentences(result.feed.config)
    silenced = {one.rule.id for one in result.firing if one.silenced}
    news = [one for one in result.events if is_news(one) and one.get("rule") not in silenced]
    begun = {one.get("episode") for one in news}
    open_before = [one for one in result.firing if not one.silenced and one.name not in begun]
    return [
        *map(warning, news),
        *(words.fires(one.rule, one.group, one.since) for one in open_before),
    ]
