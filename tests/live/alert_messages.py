"""Texts of alerts as the log has them, small: which alerts, and when they were raised."""

AT = "2026-11-21T02:14:05.123Z"


def alert_message(seq: int, *alerts: int, at: str = AT) -> str:
    areas = ", ".join(f'{{"id":"AreaOfInterest:1","alert":{alert}}}' for alert in alerts)
    return f'{{"type":"alert","seq":{seq},"feature":{{}},"cause":"created","at":"{at}","areas_of_interest":[{areas}]}}'
