"""Reading a pack's index: what it lists, and that one which contradicts itself is left to git."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.scan.readers.packs.pack_index import PackIndex, UnreadableError

if TYPE_CHECKING:
    from pathlib import Path


def write_index(path: Path, offsets: list[int], large: list[int] | None = None, oids: list[int] | None = None) -> Path:
    """An index of version 2 with objects whose ids begin with `oids`, and nothing where the checksums are."""
    names = oids or list(range(len(offsets)))
    data = b"\xfftOc\0\0\0\2"
    data += b"".join(sum(name <= byte for name in names).to_bytes(4) for byte in range(256))
    data += b"".join(bytes([name]) + b"\7" * 19 for name in names)
    data += b"".join(number.to_bytes(4) for number in range(len(offsets)))
    data += b"".join(offset.to_bytes(4) for offset in offsets)
    data += b"".join(offset.to_bytes(8) for offset in large or [])
    path.write_bytes(data + bytes(40))
    return path


def test_objects_are_listed_in_the_order_of_the_pack(tmp_path: Path) -> None:
    index = PackIndex(write_index(tmp_path / "x.idx", [300, 12, 200]), 20)
    positions, starts = index.order()
    assert list(positions) == [1, 2, 0]
    assert list(starts) == [12, 200, 300]
    assert list(index.checksums()) == [0, 1, 2]
    assert index.offset(2) == 200
    assert index.oid(1).hex() == "01" + "07" * 19


def test_objects_behind_the_first_2_gib_have_their_offsets_in_a_table_of_their_own(tmp_path: Path) -> None:
    far = 5 * 2**31
    index = PackIndex(write_index(tmp_path / "x.idx", [2**31, 12, 2**31 + 1], [far + 7, far]), 20)
    positions, starts = index.order()
    assert list(positions) == [1, 2, 0]
    assert list(starts) == [12, far, far + 7]
    assert index.offset(0) == far + 7


def test_an_object_is_found_by_its_id(tmp_path: Path) -> None:
    oids = [0, 0x17, 0x18, 0xFF]
    index = PackIndex(write_index(tmp_path / "x.idx", [12, 13, 14, 15], oids=oids), 20)
    assert [index.find(bytes([oid]) + b"\7" * 19) for oid in oids] == [0, 1, 2, 3]
    assert index.find(b"\x17" + b"\6" * 19) is None
    assert index.find(b"\x19" + b"\7" * 19) is None


@pytest.mark.parametrize(
    ("offsets", "large"), [([12, 12], None), ([2**31 + 5, 12], [1]), ([2**31, 12], None)], ids=["twice", "past", "none"]
)
def test_an_index_that_contradicts_itself_is_unreadable(
    tmp_path: Path, offsets: list[int], large: list[int] | None
) -> None:
    index = PackIndex(write_index(tmp_path / "x.idx", offsets, large), 20)
    with pytest.raises(UnreadableError):
        index.order()


def test_a_reverse_index_is_believed_only_where_it_sorts(tmp_path: Path) -> None:
    index = PackIndex(write_index(tmp_path / "x.idx", [300, 12, 200]), 20)
    reverse = tmp_path / "x.rev"

    def write(*positions: int) -> None:
        reverse.write_bytes(b"RIDX\0\0\0\1\0\0\0\1" + b"".join(each.to_bytes(4) for each in positions))

    write(1, 2, 0)
    assert list(index.order()[1]) == [12, 200, 300]
    for wrong in ((0, 1, 2), (1, 1, 0), (1, 2, 9)):
        write(*wrong)
        with pytest.raises(UnreadableError):
            index.order()
    write(1, 2)  # cut short: as if there were none
    assert list(index.order()[0]) == [1, 2, 0]


@pytest.mark.parametrize(
    "content", [b"", b"\xfftOc\0\0\0\3" + bytes(1200), b"\xfftOc\0\0\0\2", b"\xfftOc\0\0\0\2" + b"\1" * 1024]
)
def test_what_is_no_index_of_version_2_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.idx").write_bytes(content)
    with pytest.raises(UnreadableError):
        PackIndex(tmp_path / "x.idx", 20)


def test_a_folder_or_nothing_in_its_place_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "y.idx").mkdir()
    for name in ("x.idx", "y.idx"):
        with pytest.raises(UnreadableError):
            PackIndex(tmp_path / name, 20)
