"""PyPI's pyrage."""
import pyrage

from sizes import FOLDER, IDENTITY, RECIPIENT, WORDS, has_words, sizes

identity = pyrage.x25519.Identity.from_str(IDENTITY)
recipient = pyrage.x25519.Recipient.from_str(RECIPIENT)
for n in sizes():
    read = lambda name: (FOLDER / name).read_bytes()
    write = lambda name, content: (FOLDER / name).write_bytes(content)
    plain = read(f"plain-{n}")
    write(f"opened-key-{n}", pyrage.decrypt(read(f"despatch-key-{n}.age"), [identity]))
    write(f"pypi-key-{n}.age", pyrage.encrypt(plain, [recipient]))
    if has_words(n):
        write(f"opened-words-{n}", pyrage.passphrase.decrypt(read(f"despatch-words-{n}.age"), WORDS))
        write(f"pypi-words-{n}.age", pyrage.passphrase.encrypt(plain, WORDS))
