"""A backup as one ZIP file: what is taken out of it, and what never is."""

import zipfile

import pytest

from edge.errors import StorageError
from edge.storage import backup_archive


def packed(folder, **files: bytes):
    archive = folder / "backup.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return archive


def test_only_what_a_backup_has_is_taken_out_and_nothing_outside_its_folder(tmp_path):
    """zip-slip, and what phones and computers add of their own."""
    names = {
        "b/backup.json": b"{}",
        "b/journal.sqlite": b"j",
        "b/phones/1f0c.phone": b"p",
        "b/phones/../../../evil": b"e",
        "b/phones/sub/deep": b"e",
        "b/phones/..": b"e",
        "/etc/evil": b"e",
        "b/.DS_Store": b"e",
        "b/evil.sh": b"e",
        "__MACOSX/b/._backup.json": b"e",
    }
    backup_archive.unpack(packed(tmp_path, **names), tmp_path / "out")
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {"backup.json", "journal.sqlite", "phones/1f0c.phone"}


def test_a_small_file_that_swells_is_refused_before_anything_is_written(tmp_path):
    """home-assistant/frontend #22044: "restore in progress" for good, since there was too little room."""
    archive = tmp_path / "backup.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("backup.json", "{}")
        made.writestr("readings.sqlite", "x")
        made.infolist()[1].file_size = 10**15
    with pytest.raises(StorageError, match=r"takes 1000000000 MB, and there is room for \d+ MB on this hub"):
        backup_archive.unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_longer_than_it_says_is_cut_off_and_gone(tmp_path):
    archive = packed(tmp_path, **{"backup.json": b"{}", "readings.sqlite": b"x" * 5000})
    data = bytearray(archive.read_bytes())
    size_at = data.rfind(b"PK\x01\x02") + 24  # APPNOTE.TXT 4.3.12, uncompressed size
    data[size_at : size_at + 4] = (10).to_bytes(4, "little")
    archive.write_bytes(bytes(data))
    with pytest.raises(StorageError, match="or only a part of one"):
        backup_archive.unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_more_files_than_a_backup_has_are_refused(tmp_path):
    archive = packed(tmp_path, **{f"phones/{n}": b"" for n in range(2001)})
    with pytest.raises(StorageError, match="it holds 2001 files"):
        backup_archive.unpack(archive, tmp_path / "out")
