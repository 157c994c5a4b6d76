"""Letters: each office that has a mailbox is sent its own pages of a revision, once, and nothing of another office."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import settings
from etl.errors import Misdeclared
from etl.publishing import approval, publish
from etl.reports import letters
from etl.reports.notices import Notice
from tests.lib import sinks as listeners
from tests.lib.kept import Copy, Kept
from tests.lib.months import run_month
from tests.lib.networks import with_contacts
from tests.lib.sinks import Sinks

MONTH, SOME = "2023-07", ("19", "34", "48")
MAILBOXES = {"48": "da-nang@kbnn.example", "19": "thai-nguyen@kbnn.example"}
SEND = "import sys, telling; [print(telling.send_bulletins(sys.argv[1], int(sys.argv[2]))) for _ in range(2)]"


def network(directory: Path) -> None:
    """KBNN, of whose offices two have a mailbox."""
    with_contacts(Path(shutil.copytree(settings.read().config, directory / "config")), MAILBOXES)


def published() -> int | None:
    """The first published revision of a month of three treasuries."""
    run_month(MONTH, SOME)
    return publish.publish(MONTH, approval.Decision("a tester", "a test", is_provisional_allowed=True))


PUBLISHED = Kept("three of all in July, published", published, network)


@pytest.fixture
def revision(copy_of: Callable[[Kept], Copy], monkeypatch: pytest.MonkeyPatch) -> int:
    """A published revision of a month of three treasuries, of whom two have a mailbox, and people are told as well."""
    monkeypatch.setenv("HAILONG_NOTICE_TO", "director@kbnn.example")
    return int(copy_of(PUBLISHED).result)


def send(sinks: Sinks, number: int) -> subprocess.CompletedProcess[str]:
    """Send the letters of a revision over a mail server, as the task does."""
    extra = {"from_email": "hailong@kbnn.example", "disable_ssl": True, "disable_tls": True}
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": sinks.ports["mail"], "extra": extra}
    more = {"AIRFLOW_CONN_HAILONG_SMTP": json.dumps(mail), "PYTHONPATH": str(settings.DAGS / "plugins")}
    environment = settings.environment(**more, AIRFLOW__CORE__UNIT_TEST_MODE="False")
    command = [sys.executable, "-c", SEND, MONTH, str(number)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.thorough
def test_each_office_with_a_mailbox_is_sent_its_own_pages_once(revision: int) -> None:
    with listeners.listening() as sinks:
        sinks.is_deaf.add("mail")
        assert send(sinks, revision).returncode != 0
        sinks.is_deaf.clear()
        done = send(sinks, revision)
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout.strip().endswith("[]")
        mails = {str(mail["To"]): mail for mail in sinks.mails}
        assert len(sinks.mails) == len(mails)
    assert set(mails) == set(MAILBOXES.values())
    for code, mailbox in MAILBOXES.items():
        files = {part.get_filename(): part.get_content() for part in mails[mailbox].iter_attachments()}
        assert set(files) == {f"treasury-{code}.vi.html", f"treasury-{code}.en.html"}


def test_a_letter_says_how_the_office_stands_and_names_no_other_one(revision: int) -> None:
    found = {one.treasuries: one for one in letters.of_revision(MONTH, revision)}
    assert set(found) == {(code,) for code in MAILBOXES}
    letter = found["19",]
    assert letter.subject == "KBNN Thái Nguyên, Tháng 7/2023: kết quả khảo sát (lần công bố 1)"
    assert "98,19\N{NO-BREAK SPACE}% (341 phiếu). Hạng 1 trên 3, có thể từ hạng 1 đến " in letter.text
    assert "98.19\N{NO-BREAK SPACE}% (341 responses). Rank 1 of 3, could be anywhere from 1 to " in letter.text
    assert "Số liệu của kỳ còn tạm tính." in letter.text
    assert letter.to == (MAILBOXES["19"],)
    for _, content in letter.attached:
        text = content.decode()
        assert "98" in text
        assert not [name for name in ("Đà Nẵng", "Da Nang", "Thái Bình", "Thai Binh", "Hà Nội") if name in text]
    with pytest.raises(Misdeclared, match="no published month"):  # the draft
        list(letters.of_revision(MONTH, 0))


def test_a_letter_is_shown_without_its_files() -> None:
    letter = Notice("bulletin", "a", "b", "revision 1", attached=(("a.html", b"much"),))
    assert "much" not in repr(letter)
