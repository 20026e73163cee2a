"""A file of a form, cut into pieces in every way a network can: it arrives as it was, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.web import upload
from edge.web.asking import Refused

BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
HEAD = b'Content-Disposition: form-data; name="file"; filename="b.zip"\r\nContent-Type: application/zip\r\n\r\n'


def form(data: bytes, head: bytes = HEAD) -> bytes:
    """As RFC 7578, section 4.1, and RFC 2046, section 5.1.1, have it."""
    mark = BOUNDARY.encode()
    return b"--" + mark + b"\r\n" + head + data + b"\r\n--" + mark + b"--\r\n"


async def pieces(body: bytes, cuts: "list[int]"):
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        yield body[start:end]


@given(data=st.binary(max_size=300), picks=st.lists(st.integers(0, 600), max_size=12))
async def test_however_it_is_cut_it_arrives_as_it_was(tmp_path_factory, data, picks):
    body = form(b"x" + data)
    file = tmp_path_factory.mktemp("upload") / "b.zip"
    cuts = sorted(min(each, len(body)) for each in picks)
    assert await upload.received(pieces(body, cuts), KIND, len(body), file) == len(data) + 1
    assert file.read_bytes() == b"x" + data


@pytest.mark.parametrize("data", [b"\r\n--", b"\r\n------WebKitFormBoundary7MA4YWxkTrZu0g", b"--" + BOUNDARY.encode()])
async def test_what_looks_like_the_end_is_no_end(tmp_path, data):
    body = form(data * 3)
    for size in (1, 7, 64, len(body)):
        cuts = list(range(size, len(body), size))
        await upload.received(pieces(body, cuts), KIND, len(body), tmp_path / "b.zip")
        assert (tmp_path / "b.zip").read_bytes() == data * 3


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (form(b"x" * 5000)[:-60], KIND, "did not arrive whole"),
        (form(b"", HEAD.replace(b"b.zip", b"")), KIND, "Choose a file first"),
        (form(b"x", b'Content-Disposition: form-data; name="key"\r\n\r\n'), KIND, "cannot be read"),
        (b"x" * 20_000, KIND, "cannot be read"),
        (form(b"x"), "application/x-www-form-urlencoded", "cannot be read"),
        (form(b"x"), "multipart/form-data", "cannot be read"),
    ],
)
async def test_what_is_no_whole_file_is_one_sentence_and_leaves_nothing(tmp_path, body, kind, word):
    with pytest.raises(Refused) as why:
        await upload.received(pieces(body, [100, 200]), kind, len(body), tmp_path / "upload" / "b.zip")
    assert word in str(why.value)
    assert not list(tmp_path.rglob("*b.zip*"))


async def test_no_file_takes_the_room_that_the_journal_needs(tmp_path, monkeypatch):
    """The declared length is held against the disk, and so is what really comes."""
    body = form(b"x" * 100_000)
    with pytest.raises(Refused, match="larger than the room"):
        await upload.received(pieces(body, []), KIND, 10**15, tmp_path / "b.zip")
    free = upload.shutil.disk_usage(tmp_path).free
    monkeypatch.setattr(upload, "LEFT_FREE_BYTES", free - 50_000)
    with pytest.raises(Refused, match="larger than the room"):
        await upload.received(pieces(body, [60_000]), KIND, 1000, tmp_path / "b.zip")
    assert not list(tmp_path.iterdir())
