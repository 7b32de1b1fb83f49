"""A report with all that peers, names and files can put into one."""

from ws101.report import (
    Account,
    Chronicle,
    Cleared,
    CodeLine,
    Crossing,
    Excerpt,
    Exchange,
    Fact,
    Finding,
    FrameLine,
    Group,
    LogLine,
    LogSource,
    NotTested,
    Passage,
    Remedy,
    Report,
    Silent,
    Step,
    TargetInfo,
    Trial,
)
from ws101.terms import Certainty, Family, Fate, Hop, Outcome, StepState

PASSED, FAILED, SKIPPED, UNKNOWN = StepState.PASSED, StepState.FAILED, StepState.SKIPPED, StepState.UNKNOWN

REPAIR = Family.REPAIR

# What peers, names and files can put into a report; the renderers see it only after redact.clean_report.
NASTY = (
    "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>\r\n| `code` *b* [x](http://x.example) \u202egnp.exe \u200b\ud800 &amp; '\""
    " ](x) ``` # <!-- --> ]]> 漢字かな交じり文はどこでも折り返せる " + "x" * 200
)

HOSTILE_RAW = Report(
    target=TargetInfo(f"ws://h.example:80/{NASTY}", NASTY, 80, f"/{NASTY}", "ws"),
    outcome=Outcome.REFUSED,
    status=400,
    summary=NASTY,
    findings=(
        Finding(
            "wrong-service-on-port",
            Hop.AUTH,
            Certainty.LIKELY,
            NASTY,
            (Fact(NASTY, NASTY), Fact("", "")),
            Remedy(
                NASTY, Hop.NETWORK, patch=f"+{NASTY}\n-{NASTY}\n\t{NASTY}", command=f"ws101 check '{NASTY}"
            ),
            (Excerpt(NASTY, 9, (CodeLine(9, NASTY, NASTY, 3, 900), CodeLine(10_000, "", NASTY))),),
        ),
        Finding("wrong-path", Hop.CLIENT, Certainty.POSSIBLE, NASTY, (), Remedy(NASTY, Hop.CLIENT)),
    ),
    ruled_out=(Cleared("wrong-path", NASTY, NASTY),),
    not_tested=(NotTested("wrong-path", NASTY),),
    trail=(
        Step(Hop.CLIENT, PASSED, NASTY, 123456.7),
        Step(Hop.NETWORK, PASSED, NASTY, 123456.7),
        Step(Hop.TLS, SKIPPED, NASTY, 123456.7),
        Step(Hop.CDN, PASSED, NASTY, 0.0),
        Step(Hop.PROXY, UNKNOWN, NASTY, 123456.7),
        Step(Hop.SERVER, PASSED, NASTY, 123456.7),
        Step(Hop.AUTH, FAILED, NASTY, 123456.7),
    ),
    experiments=(Trial(NASTY, REPAIR, NASTY, NASTY, 101, 1234.5), Trial("empty", REPAIR, "", "", None, None)),
    exchange=Exchange(
        tuple(FrameLine(NASTY, NASTY) for _ in range(2)), (FrameLine("", NASTY), *[FrameLine(NASTY)] * 40)
    ),
    examined=(NASTY, ""),
    unexamined=(NASTY,),
    next_steps=(NASTY, f"ws101 check {NASTY}"),
    seen=Crossing(
        NASTY,
        (
            Passage(NASTY, NASTY, NASTY, Fate.CHANGED),
            Passage("", "", None, Fate.LOST),
            Passage(NASTY, NASTY, NASTY, Fate.SAME),
            Passage(NASTY, None, NASTY, Fate.ADDED),
        ),
    ),
    account=Account(
        (LogLine(Hop.CLIENT, NASTY, 0.0, NASTY, NASTY),),
        (NASTY,),
        (Silent(Hop.SERVER, NASTY, True, NASTY, NASTY),),
        (NASTY,),
    ),
    chronicle=Chronicle(
        (
            LogSource(NASTY, Hop.PROXY, NASTY, 1, 1, 1, problem=NASTY),
            LogSource(NASTY, Hop.PROXY, NASTY, 1, 0, 1),
        ),
        (Group(NASTY, None, "", None, 2, None, None, ((NASTY, 2),), ((NASTY, 2),), (2,)),),
        None,
        None,
    ),
)
