"""Many ids at a time are ids like any other."""

from patron.kernel.ids import ALPHABET, earliest_id, make_id, make_ids

SEED = b"sixteen bytes ok"


def test_many_ids_are_as_one_by_one() -> None:
    ids = make_ids("v_", 1_700_000_000_000, SEED, "codes", 1_001)
    one = make_id("v_", 1_700_000_000_000, SEED, "codes")
    assert len(set(ids)) == 1_001
    assert {len(each) for each in ids} == {len(one)}
    assert all(each.startswith(earliest_id("v_", 1_700_000_000_000)) for each in ids)
    for place in range(-16, 0):
        assert {each[place] for each in ids} == set(ALPHABET)


def test_the_same_arguments_make_the_same_ids_and_others_make_others() -> None:
    first = make_ids("v_", 5, SEED, "codes", 7)
    assert first == make_ids("v_", 5, SEED, "codes", 7) == make_ids("v_", 5, SEED, "codes", 9)[:7]
    for others in (
        make_ids("v_", 5, SEED, "other", 7),
        make_ids("v_", 5, b"another seed ...", "codes", 7),
        make_ids("v_", 6, SEED, "codes", 7),
    ):
        assert not set(first) & set(others)
    assert make_ids("v_", 5, SEED, "codes", 0) == []
