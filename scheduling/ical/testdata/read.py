"""Reads calendar files by Debian's python3-icalendar, and writes what is in them as JSON: times as
seconds of Unix, those of rules by python3-dateutil."""
import json
import sys

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar


def seconds(value):
    return int(value.timestamp())


def on_clocks(zone, naive):
    return zone.localize(naive) if hasattr(zone, "localize") else naive.replace(tzinfo=zone)


def occurrences(event, start):
    rules = rruleset()
    text = event["RRULE"].to_ical().decode()
    rules.rrule(rrulestr(text.split(";UNTIL=")[0] if ";UNTIL=" in text else text, dtstart=start.dt.replace(tzinfo=None)))
    left_out = event.get("EXDATE", [])
    left_out = left_out if isinstance(left_out, list) else [left_out]
    out = {seconds(d.dt) for dates in left_out for d in dates.dts}
    until = event["RRULE"].get("UNTIL", [None])[0]
    times = []
    for naive in rules:
        at = seconds(on_clocks(start.dt.tzinfo, naive))
        if until is not None and at > seconds(until):
            break
        if at not in out:
            times.append(at)
    return times


def read(event):
    start = event["DTSTART"]
    end = event["DTEND"].dt if "DTEND" in event else start.dt + event["DURATION"].dt
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "summary": str(event.get("SUMMARY", "")),
        "description": str(event.get("DESCRIPTION", "")),
        "location": str(event.get("LOCATION", "")),
        "url": str(event.get("URL", "")),
        "start": seconds(start.dt),
        "end": seconds(end),
        "recurrence": seconds(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else 0,
        "times": occurrences(event, start) if "RRULE" in event else None,
        "attendees": len(event["ATTENDEE"]) if isinstance(event.get("ATTENDEE"), list) else int("ATTENDEE" in event),
    }


calendar = Calendar.from_ical(sys.stdin.buffer.read())
errors = [str(e) for c in calendar.walk() for e in getattr(c, "errors", [])]
json.dump({
    "method": str(calendar.get("METHOD", "")),
    "name": str(calendar.get("X-WR-CALNAME", "")),
    "errors": errors,
    "zones": [str(z["TZID"]) for z in calendar.walk("VTIMEZONE")],
    "events": [read(e) for e in calendar.walk("VEVENT")],
}, sys.stdout)
