"""A relay that stops in the middle: one mode for each connection, in order.

usage: slow_relay.py CERT KEY FOLDER MODE,MODE,...

Prints what happens, a line each: PORT n, COMMAND text, DOT, STALLED at, END mode. Writes each message that got its
dot to FOLDER/N.eml, N counting connections from 0.
Modes: accept; busy, gone (the recipient); dotclose (hangs up after the dot); stalldata, stalldot (no answer, for good);
gate (no answer to DATA until somebody writes to the pipe FOLDER/gate); gatebusy (busy, but not before that).
"""
import os
import socket
import ssl
import sys


def say(*words):
    print(*words, flush=True)


def stall(lines, at):
    say("STALLED", at)
    # Until the other side is gone.
    while lines.readline():
        pass


def session(stream, mode, path):
    lines = stream.makefile("rb")
    answer = lambda text: stream.sendall(text.encode() + b"\r\n")
    answer("220 slow relay")
    while line := lines.readline():
        verb = line[:4].upper()
        say("COMMAND", line.decode().strip())
        if verb == b"RCPT" and mode == "gatebusy":
            say("STALLED gate")
            open(f"{os.path.dirname(path)}/gate", "rb").read()
            answer("450 4.2.1 busy")
        elif verb == b"RCPT" and mode in ("busy", "gone"):
            answer("450 4.2.1 busy" if mode == "busy" else "550 5.1.1 no such mailbox")
        elif verb == b"DATA":
            if mode == "stalldata":
                return stall(lines, "data")
            if mode == "gate":
                say("STALLED gate")
                open(f"{os.path.dirname(path)}/gate", "rb").read()
            answer("354 go on")
            message = b""
            while (text := lines.readline()) not in (b".\r\n", b""):
                message += text[1:] if text.startswith(b".") else text
            if not text:
                return
            with open(path, "wb") as file:
                file.write(message)
            say("DOT")
            if mode == "stalldot":
                return stall(lines, "dot")
            if mode == "dotclose":
                return
            answer("250 2.0.0 kept as 17")
        elif verb == b"QUIT":
            answer("221 bye")
            return
        else:
            answer("250 go on")


def main():
    cert, key, folder, modes = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    os.mkfifo(f"{folder}/gate")
    listener = socket.create_server(("127.0.0.1", 0))
    say("PORT", listener.getsockname()[1])
    for number, mode in enumerate(modes.split(",")):
        raw, _ = listener.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as stream:
                session(stream, mode, f"{folder}/{number}.eml")
        except OSError:
            pass
        raw.close()
        say("END", mode)


main()
