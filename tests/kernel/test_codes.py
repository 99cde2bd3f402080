"""Codes: each configuration yields what it says, none twice, and none that could be guessed from another."""

from itertools import pairwise

import pytest

from patron.kernel.codes import ALPHANUMERIC, MOST_HOLES, VAST, CodeConfig, nth_code, nth_codes

KEY = b"a key"


@pytest.mark.parametrize(
    "config",
    [
        CodeConfig(pattern="only one"),
        CodeConfig(charset="a", pattern="#-#"),
        CodeConfig(charset="ab", pattern="#"),
        CodeConfig(charset="aab", pattern="##"),
        CodeConfig(charset="0123456789", pattern="##-#"),
        CodeConfig(charset="abc", pattern="######", prefix="p#", postfix="🎁"),
    ],
)
def test_counting_up_yields_each_code_once(config: CodeConfig) -> None:
    codes = [nth_code(config, KEY, n) for n in range(config.capacity)]
    assert len(set(codes)) == config.capacity
    assert codes == [nth_code(config, KEY, n) for n in range(config.capacity)]


def test_a_code_is_prefix_pattern_and_postfix() -> None:
    code = nth_code(CodeConfig(charset="0123456789", pattern="GIFT-##-##", prefix="New-", postfix="!"), KEY, 3)
    assert code[:9] + code[11:12] + code[14:] == "New-GIFT--!"
    assert (code[9:11] + code[12:14]).isdigit()


def test_the_default_is_eight_letters_and_digits() -> None:
    config = CodeConfig()
    assert config.capacity == 62**8
    codes = {nth_code(config, KEY, n) for n in range(2_000)}
    assert len(codes) == 2_000
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) == set(ALPHANUMERIC)


@pytest.mark.parametrize("holes", [7, 8, 9, 12, 21, 64])
def test_codes_of_vast_configurations_are_alike_wherever_a_range_begins(holes: int) -> None:
    config = CodeConfig(pattern="#" * holes)
    assert config.capacity >= VAST
    codes = nth_codes(config, KEY, range(1_000))
    assert len(set(codes)) == 1_000
    assert codes[3:99] == nth_codes(config, KEY, range(3, 99))
    assert codes[17] == nth_code(config, KEY, 17)
    assert not set(codes) & set(nth_codes(config, b"another", range(1_000)))
    for place in range(holes):
        assert len({code[place] for code in codes}) == len(ALPHANUMERIC)


def test_another_key_makes_another_order() -> None:
    config = CodeConfig(charset="0123456789", pattern="###")
    one, other = ([nth_code(config, key, n) for n in range(1_000)] for key in (b"one", b"other"))
    assert sorted(one) == sorted(other)
    assert sum(a == b for a, b in zip(one, other, strict=True)) < 20
    assert sum(int(b) == int(a) + 1 for a, b in pairwise(one)) < 20


def test_the_largest_configuration_works() -> None:
    config = CodeConfig(charset="".join(map(chr, range(256, 512))), pattern="#" * MOST_HOLES)
    assert len({nth_code(config, KEY, n) for n in (0, 1, config.capacity - 1)}) == 3
