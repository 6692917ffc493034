"""Sending audio from a real browser straight to a bucket, over a line that is cut."""

import hashlib
import random
import wave
from urllib.parse import urlsplit

import boto3
import pytest
from django.conf import settings
from django.db import connection, connections
from playwright.sync_api import sync_playwright

from episodes.models import AudioUpload, IncomingUpload
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.line import Line
from tests.browser.web_server import start_behind_a_line
from tests.bucket import NAME, running_bucket
from tests.factories import EpisodeFactory, UserFactory
from tests.processes import no_broker, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MB = 2**20


@pytest.fixture
def line_to_bucket():
    with running_bucket() as address:
        line = Line(target=urlsplit(address).port)
        line.rate = 30 * MB
        line.mend()
        yield address, line
        line.cut()


@pytest.fixture
def our_line(line_to_bucket):
    """The line from our own server to the bucket."""
    line = Line(target=urlsplit(line_to_bucket[0]).port)
    line.mend()
    yield line
    line.cut()


@pytest.fixture
def web(nursery, line_to_bucket, our_line, tmp_path):
    _bucket, line = line_to_bucket
    server = start_behind_a_line(
        nursery,
        tmp_path / "web.log",
        connection.settings_dict["NAME"],
        S3_BUCKET=NAME,
        S3_REGION="us-east-1",
        S3_ACCESS_KEY_ID="test",
        S3_SECRET_ACCESS_KEY="test",
        S3_ENDPOINT_URL=our_line.address,
        S3_BROWSER_ENDPOINT_URL=line.address,
    )
    with no_broker():
        yield server
    server.line.cut()
    server.kill()


@pytest.fixture
def page(request, web, client, monkeypatch):
    if CHROMIUM is None:
        pytest.skip(
            f"{request.node.name} needs Chromium, and none was found (apt install chromium)"
        )
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # as in conftest.py
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": session, "url": web.line.address}])
        yield context.new_page()
        browser.close()
        connections.close_all()


def record(path, megabytes):
    noise = random.Random(1).randbytes(MB)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        for number in range(megabytes):
            file.writeframesraw(number.to_bytes(4, "big") + noise[4:])


def test_a_file_in_parts_outlives_a_cut_line_and_a_reload(page, web, line_to_bucket, tmp_path):
    bucket, line = line_to_bucket
    episode, file = EpisodeFactory.create(), tmp_path / "interview.wav"
    record(file, 70)
    row = page.locator("#uploads [data-rows] > li", has_text="interview.wav")

    def state():
        return row.get_attribute("data-state")

    def sent():
        return int(row.locator("[data-percent]").inner_text().split("%")[0] or 0)

    page.goto(f"{web.line.address}/admin/episodes/episode/{episode.pk}/change/")
    page.get_by_label("Audio file").set_input_files(file)
    wait_for(lambda: state() == "sending" and sent() >= 20, what="a part to arrive")
    line.cut()
    wait_for(lambda: state() == "lost", what="the page to notice")
    assert not AudioUpload.objects.exists()
    line.mend()
    wait_for(lambda: sent() >= 40, what="it to go on by itself")

    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    before = sent()
    assert before >= 40
    page.get_by_label("Audio file").set_input_files(file)
    wait_for(lambda: state() in {"connecting", "sending"}, what="the same file to go on")
    assert sent() >= before
    wait_for(AudioUpload.objects.exists, seconds=60, what="the upload to be written down")

    upload = AudioUpload.objects.get()
    assert (upload.episode, upload.size) == (episode, file.stat().st_size)
    assert IncomingUpload.objects.get().upload == upload
    client = boto3.client(
        "s3",
        endpoint_url=bucket,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    content = client.get_object(Bucket=NAME, Key=upload.path)["Body"].read()
    assert hashlib.sha256(content).digest() == hashlib.sha256(file.read_bytes()).digest()


def test_a_file_waits_by_itself_while_our_server_does_not_reach_the_bucket(
    page, web, our_line, tmp_path
):
    episode, file = EpisodeFactory.create(), tmp_path / "interview.wav"
    record(file, 2)
    row = page.locator("#uploads [data-rows] > li", has_text="interview.wav")
    refused = []
    page.on("response", lambda answer: refused.append(answer) if answer.status == 503 else None)

    page.goto(f"{web.line.address}/admin/episodes/episode/{episode.pk}/change/")
    our_line.cut()
    page.get_by_label("Audio file").set_input_files(file)
    wait_for(lambda: page.wait_for_timeout(200) or len(refused) >= 2, what="it to be tried again")
    assert row.get_attribute("data-state") == "lost"
    assert "503" in row.locator("[data-told]").inner_text()
    our_line.mend()

    wait_for(AudioUpload.objects.exists, seconds=60, what="the upload to be written down")
    assert AudioUpload.objects.get().size == file.stat().st_size
    assert IncomingUpload.objects.count() == 1
