# ruff: noqa: E501  # a complaint is one line
"""Every complaint about a file: its line, its key, what is wrong, what to write instead."""

from pathlib import Path

import pytest

from bot.config import Problem, Severity
from bot.config.problems import key_name, listed, nearest, suggestion
from tests.bot.config.snippets import BASE, loaded, rendered, settings


@pytest.mark.parametrize(
    ("snippet", "lines"),
    [
        ("[server]\nprot = 80", ['11: server.prot: there is no key "prot" here; write "port"']),
        (
            "[server]\nzzzzzz = 1",
            [
                '11: server.zzzzzz: there is no key "zzzzzz" here; delete it, or write "host", "port" or "public_url"'
            ],
        ),
        (
            "[server]\nmax_attempts = 3",
            ['11: server.max_attempts: there is no key "max_attempts" here; write it under [routing]'],
        ),
        (
            '[routing]\ntimezone = "UTC"',
            [
                '11: routing.timezone: there is no key "timezone" here; write it above the first [table] of the file'
            ],
        ),
        (
            "[routing]\nlifecycle = 1",
            ['11: routing.lifecycle: there is no key "lifecycle" here; write it as [lifecycle]'],
        ),
        (
            '[teams.x]\nchat = "room:support"',
            [
                "11: teams.x.chat: this is the chat of [teams.support] too, so each team reads what the other is asked; give each team a chat of its own (warning)"
            ],
        ),
        (
            '[teams.x]\nchat = "room:x"\nmember = []',
            ['12: teams.x.member: there is no key "member" here; write "members"'],
        ),
        (
            '[[routing.answers]]\nwhen = "a"\nteam = "support"\nline = 3',
            [
                '13: routing.answers[1].line: there is no key "line" here; delete it, or write "label", "when", "team", "reply", "tags" or "lang"'
            ],
        ),
        (
            '[hours.office]\nmon-fry = ["08:00-12:00"]\nsun = "08:00-12:00"',
            ['11: hours.office.mon-fry: there is no key "mon-fry" here; write "mon-fri"'],
        ),
        ("[rooting]\nx = 1", ['10: rooting: there is no key "rooting" here; write "routing"']),
        (
            '[server]\nport = "8080"',
            ["11: server.port: must be a whole number; write port = 8080, without quotes"],
        ),
        (
            "[server]\nport = 8080.5",
            ["11: server.port: must be a whole number; write port = 8080, without quotes"],
        ),
        ("[server]\nport = 65536", ["11: server.port: must be at most 65535; write 65535 or less"]),
        ("[server]\nport = -1", ["11: server.port: must be at least 0; write 0 or more"]),
        (
            '[server]\nhost = "0.0.0.0"',
            [
                (
                    "11: server.host: people reach this server from other machines, and the links that it writes lead"
                    ' to its own; write public_url = "http://ADDRESS:PORT", as a browser there would open it (warning)'
                )
            ],
        ),
        ('[server]\nhost = "0.0.0.0"\npublic_url = "http://192.0.2.7:8080"', []),
        ("[server]\nhost = 1", ['11: server.host: must be a text; write it in quotes, host = "…"']),
        ("[limits]\nmedia_mb = 0", ["11: limits.media_mb: must be more than 0; write a number above 0"]),
        (
            "[limits]\nmessages_per_minute = 0",
            ["11: limits.messages_per_minute: must be at least 1; write 1 or more"],
        ),
        ("[routing]\nmax_attempts = -1", ["11: routing.max_attempts: must be at least 0; write 0 or more"]),
        (
            '[routing]\nfuzzy = "yes"',
            ["11: routing.fuzzy: must be true or false; write fuzzy = true, without quotes"],
        ),
        (
            "[routing]\nanswers = 3",
            ["11: routing.answers: must be a list; write answers = [ … ], with commas between the values"],
        ),
        (
            '[[routing.answers]]\nwhen = [1.5]\nteam = "support"',
            ['11: routing.answers[1].when[1]: must be a text; write it in quotes, "…"'],
        ),
        (
            "[hours]\noffice = 3",
            ["11: hours.office: must be a table; write its keys under a [hours.office] header"],
        ),
        (
            '[teams.y]\nreply_mode = "rep"\nchat = "room:y"',
            ['11: teams.y.reply_mode: "rep" is not known here; write "reply"'],
        ),
        (
            '[routing]\nfirst_message = "zzz"',
            ['11: routing.first_message: "zzz" is not known here; write "welcome" or "match"'],
        ),
        (
            "[routing]\nfallback = 3",
            ['11: routing.fallback: must be a text; write it in quotes, fallback = "…"'],
        ),
        (
            '[routing]\nerror = ["x", 3]',
            [
                '11: routing.error[2]: this must be a text; write it in quotes, or as a table: { fr = "…", en = "…" }'
            ],
        ),
        (
            "[routing]\nwelcome = {}",
            ['11: routing.welcome: the table of texts is empty; write { fr = "…", en = "…" }'],
        ),
        (
            '[routing]\nwelcome = { french = "x" }',
            ['11: routing.welcome: "french" is no language; write one of en, fr, es, it, pt, de'],
        ),
        (
            "[routing]\nwelcome = { en = 3 }",
            ['11: routing.welcome: the text for "en" is not in quotes; write en = "…"'],
        ),
        (
            "[routing]\nsettle = 2",
            ['11: routing.settle: a duration needs a unit and quotes; write "2s", "2m", "2h" or "2d"'],
        ),
        (
            '[routing]\nsettle = "2"',
            ['11: routing.settle: this is no duration; write "90s", "10m", "24h" or "7d", or "0s" for off'],
        ),
        (
            '[routing]\nsettle = "9999d"',
            ['11: routing.settle: this is longer than ten years; write "0s" for off'],
        ),
        (
            '[lifecycle]\nclosing_delay = "25h"',
            [
                '11: lifecycle.closing_delay: the closing message may wait for 24 hours at most; write "24h" or less',
            ],
        ),
        (
            '[reminders]\nteam = ["x"]',
            [
                '11: reminders.team[1]: this is no duration; write "90s", "10m", "24h" or "7d", or "0s" for off'
            ],
        ),
        (
            '[teams.y]\nchat = "room"',
            ['11: teams.y.chat: "room" is no address; write "channel:id", without spaces'],
        ),
        (
            '[teams.y]\nchat = "room: y"',
            ['11: teams.y.chat: "room: y" is no address; write "channel:id", without spaces'],
        ),
        (
            "[teams.y]\nchat = 3",
            ['11: teams.y.chat: this must be the address of a chat; write "channel:id", in quotes'],
        ),
        (
            '[teams.y]\nchat = "rom:y"',
            [
                '11: teams.y.chat: there is no channel "rom"; write "room", or add [channels.rom] with enabled = true'
            ],
        ),
        (
            '[teams.y]\nmembers = ["room:a", ""]',
            ['11: teams.y.members[2]: this address is empty; write "channel:id"'],
        ),
        (
            '[teams.y]\nchat = "zzzz:y"',
            [
                '11: teams.y.chat: there is no channel "zzzz"; write "room", or add [channels.zzzz] with enabled = true'
            ],
        ),
        (
            '[teams.y]\nname = "Y"',
            [
                '10: teams.y: nobody can read this team\'s chats, so they go to the inbox; write chat = "channel:id" (warning)'
            ],
        ),
        (
            '[teams.y]\nchat = "room:y"\nmembers = ["room:a"]',
            ["10: teams.y: a team has either a chat or members; delete `chat` or `members`"],
        ),
        (
            '[channels.post]\ntoken = "abcdefgh"\n[teams.y]\nmembers = ["post:a"]',
            [
                '13: teams.y.members[1]: the channel "post" is not enabled, so its chats go to the inbox; write enabled = true in [channels.post] (warning)'
            ],
        ),
        (
            '[teams.inbox]\nchat = "room:y"',
            ['10: teams.inbox: "inbox" has a meaning of its own; give the team another key'],
        ),
        (
            '[teams."Mon équipe"]\nchat = "room:y"',
            [
                '10: teams."Mon équipe": the name "Mon équipe" has other characters than a-z, 0-9, - and _; write a simpler one'
            ],
        ),
        (
            '[routing]\nfallback = "suport"',
            ['11: routing.fallback: there is no team "suport"; write "support"'],
        ),
        (
            '[[routing.answers]]\nwhen = "a"\nteam = "marketing"',
            ['12: routing.answers[1].team: there is no team "marketing"; write "support" or "ventes"'],
        ),
        (
            '[reminders]\nescalate_to = "suport"\nescalate_after = "1h"',
            [
                '11: reminders.escalate_to: there is no team "suport"; write "support"',
            ],
        ),
        (
            '[reminders]\nescalate_after = "1h"',
            [
                "11: reminders.escalate_after: no team is named that a long wait is passed to; write escalate_to = a team (warning)",
            ],
        ),
        (
            '[teams.y]\nchat = "room:y"\nhours = "offise"\n[hours.office]\nmon = "08:00-09:00"',
            [
                '12: teams.y.hours: there is no table [hours.offise]; write "office"',
            ],
        ),
        (
            '[teams.y]\nchat = "room:y"\nhours = "offise"',
            ["12: teams.y.hours: there is no table [hours.offise]; add [hours.offise], or delete this key"],
        ),
        (
            "[routing]\nerror = []",
            [
                '11: routing.error: a contact who is not understood would get an empty answer; write at least one text: error = ["…"]'
            ],
        ),
        (
            '[routing]\nerror = ""',
            [
                '11: routing.error: a contact who is not understood would get an empty answer; write at least one text: error = ["…"]'
            ],
        ),
        (
            '[routing]\nwelcome = ""',
            ['11: routing.welcome: the welcome is empty; write one, or first_message = "match"'],
        ),
        (
            '[[routing.answers]]\nwhen = "a"\nteam = "support"\nlang = "français"',
            ['13: routing.answers[1].lang: "français" is no language; write it as "fr", "en" or "pt-BR"'],
        ),
        (
            '[[routing.examples]]\ntext = ""\nexpect = "support"',
            ['11: routing.examples[1].text: the example has no text; write text = "what a contact writes"'],
        ),
        (
            '[[routing.examples]]\ntext = "a"',
            [
                '10: routing.examples[1].expect: the example does not say where it must lead; write expect = a team, a label, or "error"'
            ],
        ),
        (
            '[hours.o]\nmon = ["8h-12h"]',
            ['11: hours.o.mon[1]: this is no interval of a day; write "HH:MM-HH:MM", as in "08:30-12:00"'],
        ),
        (
            '[hours.o]\nmon-fri = ["08:00-25:00"]',
            [
                '11: hours.o.mon-fri[1]: "08:00-25:00" has a time that no clock shows; write times from "00:00" to "24:00"'
            ],
        ),
        (
            '[hours.o]\nmon = ["08:00-08:00"]',
            [
                '11: hours.o.mon[1]: "08:00-08:00" opens and closes at once; for the whole day write "00:00-24:00"'
            ],
        ),
        (
            '[hours.o]\nmon-fri = ["08:00-12:00", "11:00-13:00"]',
            [
                "11: hours.o.mon-fri: two intervals of a day overlap; end the first before the second begins",
            ],
        ),
        (
            '[hours.o]\nsun = ["22:00-06:00"]\nmon = ["05:00-12:00"]',
            [
                "11: hours.o.sun: the night runs into the opening of the next day; end it before that",
            ],
        ),
        (
            '[hours.o]\nholidays = ["2026-02-30"]\nmon = "08:00-09:00"',
            [
                '11: hours.o.holidays[1]: "2026-02-30" is no date; write "2026-12-25", or "2026-12-31..2027-01-01" for several days'
            ],
        ),
        (
            '[hours.o]\nholidays = ["2026-01-02..2026-01-01"]\nmon = "08:00-09:00"',
            [
                '11: hours.o.holidays[1]: "2026-01-02..2026-01-01" ends before it begins; write "2026-01-01..2026-01-02"'
            ],
        ),
        (
            '[hours.o]\nholidays = [3]\nmon = "08:00-09:00"',
            [
                '11: hours.o.holidays[1]: this is no date; write "2026-12-25", or "2026-12-31..2027-01-01" for several days'
            ],
        ),
        (
            '[hours.o]\naway_action = "hld"\nmon = "08:00-09:00"',
            ['11: hours.o.away_action: "hld" is not known here; write "hold"'],
        ),
        (
            '[hours.o]\naway = "x"',
            [
                '10: hours.o: it is never open; write mon-fri = ["09:00-18:00"] (warning)',
            ],
        ),
        (
            '[routing]\nwelcome = """\nHi\n{first_nam}"""',
            ["13: routing.welcome: there is no placeholder {first_nam}; write {first_name}"],
        ),
        (
            '[routing]\nwelcome = "{zzzzzzzz}"',
            [
                "11: routing.welcome: there is no placeholder {zzzzzzzz}; write one of {first_name}, {name}, {business}, {team}, {menu}, {code}, {next_open}"
            ],
        ),
        (
            '[teams.y]\nname = "{team}"\nchat = "room:y"',
            ["11: teams.y.name: a name is shown as it is, without {team}; write the words themselves"],
        ),
        (
            '[routing]\ntransfer = { fr = "x" }',
            [
                '11: routing.transfer: the text is not given in "en", the language of this file; add en = "…" (warning)'
            ],
        ),
        (
            '[routing]\ntransfer = { en = "x", fr = "y" }\nassigned = { en = "x" }',
            [
                '12: routing.assigned: the text is not given in "fr", as other texts are; add fr = "…" (warning)'
            ],
        ),
        (
            '[canned]\nx = "{nam}"',
            [
                "11: canned.x: there is no placeholder {nam}; write {name}",
            ],
        ),
        (
            "[channels.pst]\nenabled = true",
            [
                '10: channels.pst: there is no plugin "pst"; write "post", as the table\'s name or as its key `plugin`'
            ],
        ),
        (
            '[channels.second]\nplugin = "roomy"',
            [
                '11: channels.second.plugin: there is no plugin "roomy"; write "room", as the table\'s name or as its key `plugin`'
            ],
        ),
        (
            '[channels."a/b"]\nplugin = "room"',
            [
                '10: channels."a/b": the name "a/b" has other characters than a-z, 0-9, - and _; write a simpler one'
            ],
        ),
        (
            "[channels.post]\nenabled = true",
            ['10: channels.post.token: "token" is missing; write token = … under [channels.post]'],
        ),
        (
            "[channels.post]\ntoken = 3",
            ['11: channels.post.token: must be a text; write it in quotes, token = "…"'],
        ),
        (
            '[channels.post]\ntokn = "x"',
            ['11: channels.post.tokn: there is no key "tokn" here; write "token"'],
        ),
        (
            '[channels.post]\nenabled = "yes"\ntoken = "abcdefgh"',
            ["11: channels.post.enabled: must be true or false; write enabled = true, without quotes"],
        ),
        (
            '[channels.post]\nenabled = true\ntoken = "abcdefgh"\nmode = "webhook"',
            ['10: channels.post: mode "webhook" needs an address; write public_url under [server]'],
        ),
        (
            '[channels.post]\ntoken = "abcdefgh"\nnumber = "33"',
            ["12: channels.post.number: 33 does not begin with +; write it as +33612345678"],
        ),
        (
            '[channels.post]\nenabled=true\ntoken = "${TOKEN}"\nnumber = "${NUMBER}"',
            [
                "12: channels.post.token: the environment has no TOKEN; set TOKEN, for example in a file .env beside this one (warning)",
                "13: channels.post.number: the environment has no NUMBER; set NUMBER, for example in a file .env beside this one (warning)",
            ],
        ),
        (
            '[channels.post]\ntoken = "abcdefgh"\nretries = "many"',
            ["12: channels.post.retries: must be a whole number; write retries = …, without quotes"],
        ),
        (
            "[channels.post]\nplugin = 3",
            ['11: channels.post.plugin: must be a text; write it in quotes, plugin = "…"'],
        ),
    ],
)
def test_a_mistake_is_reported(tmp_path: Path, snippet: str, lines: list[str]) -> None:
    """A mistake below a good file is reported on its line, once, and with what to write instead."""
    problems = rendered(loaded(tmp_path, BASE + snippet).problems)
    assert problems == [f"config.toml:{line}" for line in lines]


@pytest.mark.parametrize(
    ("top", "line"),
    [
        ("business = 3", 'business: must be a text; write it in quotes, business = "…"'),
        ('language = "fx"', 'language: "fx" is not known here; write "en", "fr", "es", "it", "pt" or "de"'),
        ('language = "frr"', 'language: "frr" is not known here; write "fr"'),
        (
            'timezone = "Europe/Pari"',
            'timezone: the time zone "Europe/Pari" does not exist; write "Europe/Paris"',
        ),
        (
            'timezone = "Nowhere"',
            'timezone: the time zone "Nowhere" does not exist; write one such as "Europe/Paris"',
        ),
        (
            'timezone = "../x"',
            'timezone: the time zone "../x" does not exist; write one such as "Europe/Paris"',
        ),
        ('preset = "calbell"', 'preset: "calbell" is not known here; write "callbell"'),
        ("hours = 3", "hours: must be a table; write its keys under a [hours] header"),
        ("routing = 3", "routing: must be a table; write its keys under a [routing] header"),
        ('bussiness = "x"', 'bussiness: there is no key "bussiness" here; write "business"'),
    ],
)
def test_a_mistake_at_the_top_is_reported(tmp_path: Path, top: str, line: str) -> None:
    """A mistake above the first table is reported on its line."""
    toml = f"{top}\n{BASE.partition(chr(10))[2]}"
    assert rendered(loaded(tmp_path, toml).problems) == [f"config.toml:1: {line}"]


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (
            '[inbox]\nchat = "room:inbox"\n',
            "",
            ['1: inbox.chat: "chat" is missing; write chat = … under [inbox]'],
        ),
        ('chat = "room:inbox"\n', "", ['4: inbox.chat: "chat" is missing; write chat = … under [inbox]']),
        ('"room:inbox"', '""', ['5: inbox.chat: this address is empty; write "channel:id"']),
        (
            '"room:inbox"',
            '"nowhere:x"',
            [
                '5: inbox.chat: there is no channel "nowhere"; write "room", or add [channels.nowhere] with enabled = true'
            ],
        ),
        (
            "[channels.room]\nenabled = true\n",
            "channels = 3\n",
            ["2: channels: must be a table; write one header for each channel: [channels.…]"],
        ),
        (
            "[channels.room]\nenabled = true\n",
            "[channels]\nroom = 3\n",
            [
                "3: channels.room: must be a table; write its keys under a [channels.room] header",
            ],
        ),
        (
            "enabled = true",
            "enabled = false",
            [
                "2: channels: no channel is enabled, so nobody can write in; write enabled = true in one of them (warning)",
                (
                    '5: inbox.chat: the channel "room" is not enabled, so nobody sees what arrives; '
                    "write enabled = true in [channels.room]"
                ),
                (
                    '7: teams.support.chat: the channel "room" is not enabled, so its chats go to the inbox; '
                    "write enabled = true in [channels.room] (warning)"
                ),
                (
                    '9: teams.ventes.chat: the channel "room" is not enabled, so its chats go to the inbox; '
                    "write enabled = true in [channels.room] (warning)"
                ),
            ],
        ),
        (
            'business = "Dupont"',
            'routing.welcome = "{business}"',
            [
                (
                    "1: routing.welcome: {business} stands for nothing, since the file names no business; "
                    'write business = "…" at the top of the file (warning)'
                )
            ],
        ),
        (
            '[teams.ventes]\nchat = "room:ventes"\n',
            '[reminders]\nescalate_to = "support"\n',
            [
                (
                    "9: reminders.escalate_to: the only team would pass its chats to itself; "
                    "delete this key, or add another team"
                ),
            ],
        ),
        (
            '[teams.ventes]\nchat = "room:ventes"\n',
            '[server]\npublic_url = "chat.example"\n',
            [
                (
                    '9: server.public_url: "chat.example" is no web address; '
                    'write "https://…" as the platforms reach this server'
                )
            ],
        ),
    ],
)
def test_a_file_with_a_piece_replaced_is_reported(
    tmp_path: Path, old: str, new: str, lines: list[str]
) -> None:
    """What is missing is reported where it should stand, and what depends on it only where that is news."""
    problems = rendered(loaded(tmp_path, BASE.replace(old, new)).problems)
    assert problems == [f"config.toml:{line}" for line in lines]


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    """Mistakes of every kind come together: of types, of names, between values, and in texts."""
    toml = (
        BASE
        + '[routing]\nsettle = 2\nfallback = "vente"\nwelcome = "{firstname}"\nfuzy = true\n[server]\nport = "x"\n'
        + '[[routing.answers]]\nwhen = ["a"]\nteam = "suport"\n'
    )
    keys = [(problem.line, problem.key) for problem in loaded(tmp_path, toml).problems]
    assert keys == [
        (11, "routing.settle"),
        (12, "routing.fallback"),
        (13, "routing.welcome"),
        (14, "routing.fuzy"),
        (16, "server.port"),
        (19, "routing.answers[1].team"),
    ]


def test_a_team_with_a_mistake_is_a_team(tmp_path: Path) -> None:
    """What names a team whose own table is wrong is not reported as well."""
    toml = BASE + '[teams.vendeurs]\nchat = 3\n[routing]\nfallback = "vendeurs"\n'
    assert [problem.key for problem in loaded(tmp_path, toml).problems] == ["teams.vendeurs.chat"]


def test_a_good_file_has_no_problem(tmp_path: Path) -> None:
    """A file of nine lines with a channel, an inbox and two teams is good."""
    assert loaded(tmp_path, BASE).problems == ()
    assert settings(tmp_path, BASE).chats("support")[0].address == "room:support"


def test_only_an_error_refuses_the_file(tmp_path: Path) -> None:
    """A warning leaves the settings, an error takes them away, and the draft stays for further judging."""
    warned = loaded(tmp_path, BASE + '[teams.y]\nname = "Y"')
    assert warned.settings is not None
    refused = loaded(tmp_path, BASE + "[server]\nport = 1.5")
    assert refused.settings is None
    assert refused.draft is not None
    assert refused.draft.server.port == 8080


def test_a_problem_is_one_line() -> None:
    """A problem is printed as file, line, key, what is wrong and what to write; only a lesser one is marked."""
    problem = Problem(line=3, key="a.b", what="wrong", instead="write 1", at_start=Severity.WARNING)
    assert problem.render("x/config.toml") == "x/config.toml:3: a.b: wrong; write 1"
    assert problem.for_start().render("c.toml") == "c.toml:3: a.b: wrong; write 1 (warning)"
    assert problem.for_start().for_start() == problem.for_start()


def test_a_key_is_named_as_people_count() -> None:
    """Places in lists are counted from 1, and odd names are quoted."""
    assert key_name(("routing", "answers", 1, "when", 0)) == "routing.answers[2].when[1]"
    assert key_name(("teams", "Mon équipe")) == 'teams."Mon équipe"'
    assert key_name(()) == "file"
    assert key_name(("a\nb",)) == '"a?b"'
    assert len(key_name(("x" * 300,))) == 80


def test_odd_names_stay_on_one_line(tmp_path: Path) -> None:
    """A key with a line break in its name is reported on one line."""
    (line,) = rendered(loaded(tmp_path, BASE + '[hours]\n"a\\nb" = 3\n').problems)
    assert line == 'config.toml:11: hours."a?b": must be a table; write its keys under a [hours.a?b] header'


def test_the_nearest_name_is_suggested() -> None:
    """A name that is near is suggested; else all when they are few; else nothing."""
    assert nearest("Suport", ["ventes", "support"]) == "support"
    assert nearest("xyz", ["ventes", "support"]) is None
    assert suggestion("xyz", ["ventes", "support", "b"]) == 'write "ventes", "support" or "b"'
    assert suggestion("xyz", [str(number) for number in range(20)]) == ""
    assert suggestion("xyz", []) == ""
    assert listed([]) == ""
