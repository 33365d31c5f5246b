"""Reads messages with Python's own email package, which shares nothing with the program that wrote them.

Arguments: files. Prints one JSON list: for each file its headers, its parts (with the chain of types that they lie in)
and the defects that the parser found. Bytes are in hex.
"""

import email.policy
import json
import sys


def parts(message, within=()):
    kind = message.get_content_type()
    if message.is_multipart():
        for part in message.iter_parts():
            yield from parts(part, (*within, kind))
        return
    yield {
        "type": kind,
        "within": list(within),
        "charset": message.get_content_charset(),
        "encoding": message["Content-Transfer-Encoding"],
        "file": message.get_filename(),
        "headers": [[name, str(value)] for name, value in message.items()],
        "hex": message.get_payload(decode=True).hex(),
    }


def defects(message):
    found = [repr(one) for one in message.defects]
    for header in message.values():
        found += [repr(one) for one in getattr(header, "defects", ())]
    if message.is_multipart():
        for part in message.iter_parts():
            found += defects(part)
    return found


read = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.SMTP)
    read.append(
        {
            "headers": [[name, str(value)] for name, value in message.items()],
            "parts": list(parts(message)),
            "defects": defects(message),
        }
    )
json.dump(read, sys.stdout)
