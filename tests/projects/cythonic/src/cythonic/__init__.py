import json
import sys
from pathlib import Path


def check():
    from cythonic import _facts, _old, _sum

    assert _sum.total([1, 2, 3]) == 6
    assert _old.twice(2) == 4
    assert _sum.total.__doc__ is None
    facts = json.loads(Path(__file__).with_name("facts.json").read_text())
    assert _facts.MACHINE == facts["uname"] == facts["machine"]
    assert _facts.pointer() == facts["pointer"] == facts["pointer of ctypes"]
    sys.path.insert(0, str(Path(__file__).with_name("plain")))
    from plainly import stable, words

    assert words.longest(["a", "bcd", "ef"]) == "bcd"
    assert stable.pointer == facts["pointer"]
    print(f"cythonic works on {_facts.MACHINE}")
