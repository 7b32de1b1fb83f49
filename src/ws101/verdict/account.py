"""What logs tell of one handshake, for a report: each hop's record with what it shows, who is silent, what contradicts."""

from collections.abc import Sequence

from ws101.hearing import first_line, shortened
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Account, Finding, LogLine, Silent
from ws101.signature import Says

_SETTINGS = 3  # that a report asks for, at most


def account(story: Story, findings: Sequence[Finding]) -> Account:
    """Return the account of a story; the records on which the first finding rests bear a note."""
    notes = _notes(findings)
    return Account(
        lines=tuple(_line(entry, notes) for entry in story.entries),
        joined=story.joined,
        silent=tuple(
            Silent(s.witness.hop, s.witness.source, s.sure, s.why, s.setting) for s in story.silences
        ),
        contradictions=tuple(one.text for one in story.contradictions),
        doubts=story.apart,
    )


def settings(story: Story) -> tuple[str, ...]:
    """Return, in sentences, which settings would make visible what the logs do not show, the first few."""
    mute = (s for s in story.silences if not s.sure and s.setting)
    said = (f"{s.setting}  would show more of it in {s.witness.source}" for s in mute)
    return tuple(dict.fromkeys(said))[:_SETTINGS]


def _notes(findings: Sequence[Finding]) -> dict[str, str]:
    """Return what the verdict's facts say of each record, by its place."""
    notes: dict[str, str] = {}
    for fact in findings[0].facts if findings else ():
        said = notes.get(fact.source)
        notes[fact.source] = f"{said}; {fact.text}" if said else fact.text
    return notes


def _line(entry: Entry, notes: dict[str, str]) -> LogLine:
    note = notes.get(str(entry.place), "")
    if note and entry.says is not Says.NOTHING:
        note = entry.says.value  # the words themselves stand in the line
    return LogLine(entry.hop, str(entry.place), entry.time, _text(entry), note)


def _text(entry: Entry) -> str:
    """Return a record on one line; of a block, its first line and how many follow."""
    lines = [line for line in entry.text.splitlines() if line.strip()]
    if len(lines) < 2:
        return " ".join(entry.text.split())
    telling = entry.words if entry.words and entry.words not in first_line(entry.text) else ""
    more = f"{len(lines) - 1} more line{'s' if len(lines) > 2 else ''}"
    return f"{first_line(entry.text)} … ({more}){f' {shortened(telling)}' if telling else ''}"
