"""What every tool is asked to do, in one process for all sizes.

The folder in the first argument has plain-N, and N sealed by despatch to the key in key.txt (despatch-key-N.age) and,
of some sizes, with the passphrase in words.txt (despatch-words-N.age). Each is opened into opened-key-N and
opened-words-N, and plain-N is sealed in the same ways into TOOL-key-N.age and TOOL-words-N.age. Nothing is compared
here: the test does.
"""
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv[1])
RECIPIENT = (FOLDER / "recipient.txt").read_text().strip()
IDENTITY = next(line for line in (FOLDER / "key.txt").read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
WORDS = (FOLDER / "words.txt").read_text().strip()


def sizes():
    return [path.name.removeprefix("plain-") for path in sorted(FOLDER.glob("plain-*"))]


def has_words(size):
    return (FOLDER / f"despatch-words-{size}.age").exists()
