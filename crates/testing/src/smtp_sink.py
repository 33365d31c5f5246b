"""A relay that fails on purpose: one mode for each connection, in order.

usage: smtp_sink.py CERT KEY FOLDER MODE,MODE,...

Prints what happens, a line each: PORT n, BYTES n (of the message so far, before its dot), DOT, AUTH text,
COMMAND text, EARLY (answers sent before their command), BROKEN, END mode. Writes each message that got its dot to FOLDER/N.eml, N counting from 0.
Modes: accept; STEP4 and STEP5 (a 4xx or 5xx answer) for greet, auth, mail, rcpt, data, dot; plaintext; early
(an answer too many); bodyclose, dotclose, dothalf, dotodd, dotlong (what follows the body or its dot).
STEP:early sends the answers to all that follows with that of STEP, in one segment, and takes no message; STEP:two
sends one answer more. data:early250 and data:early450 answer the dot with DATA, body:early250 and body:early450 in the
midst of the body; after early250 the message is thrown away, after early450 it is kept. STEP=TEXT answers STEP with
TEXT, in which | stands for a line end. lf ends lines with a bare line feed; drip sends byte by byte.
"""
import socket
import ssl
import sys


def say(*words):
    print(*words, flush=True)


class Session:
    def __init__(self, stream, mode, path):
        self.stream, self.mode, self.path, self.buffer = stream, mode, path, b""

    def send(self, text):
        end = b"\n" if self.mode == "lf" else b"\r\n"
        data = b"".join(line.encode("latin-1") + end for line in text.split("\r\n"))
        if self.mode == "drip":
            for byte in data:
                self.stream.sendall(bytes([byte]))
        else:
            self.stream.sendall(data)

    def answer(self, step, text):
        if self.mode.startswith(step + "="):
            text = self.mode.split("=", 1)[1].replace("|", "\r\n")
        elif self.mode == step + ":two":
            text += "\r\n" + text
        elif self.mode == step + ":early":
            self.mode = "mute"
            steps = ["greet", "ehlo", "mail", "rcpt", "data", "dot"]
            later = ["", "250 sink", "250 sender", "250 recipient", "354 go on", "250 2.0.0 kept as 17"]
            self.send("\r\n".join([text, *later[steps.index(step) + 1 :]]))
            say("EARLY")
            return text[0] in "23"
        elif self.mode == "mute":
            return text[0] in "23"
        if self.mode == step + "4":
            text = "451-4.3.0 \x07not\r\n451 4.3.0 now"
        elif self.mode == step + "5":
            text = "550 5.1.1 never"
        self.send(text)
        return text[0] in "23"

    def line(self):
        while b"\r\n" not in self.buffer:
            got = self.stream.recv(65536)
            if not got:
                return None
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode()

    def run(self):
        if not self.answer("greet", "220 sink ready"):
            return
        while (line := self.line()) is not None:
            verb = line[:4].upper()
            if verb == "AUTH":
                say("AUTH", line)
                self.answer("auth", "235 welcome")
                continue
            say("COMMAND", line)
            if verb == "EHLO":
                self.answer("ehlo", "250-sink\r\n250 AUTH PLAIN")
            elif verb == "MAIL":
                self.answer("mail", "250 sender" + ("\r\n250 too soon" if self.mode == "early" else ""))
            elif verb == "RCPT":
                self.answer("rcpt", "250 recipient")
            elif verb == "DATA":
                if self.answer("data", "354 go on") and not self.data():
                    return
            elif verb == "QUIT":
                self.answer("quit", "221 bye")
                return

    def early(self, step):
        if self.mode.startswith(step + ":early"):
            self.send(self.mode[-3:] + " 2.0.0 kept as 17")
            self.mode = "thrown away" if self.mode.endswith("250") else "kept"
            say("EARLY")

    def data(self):
        self.early("data")
        message = bytearray()
        while True:
            got = self.stream.recv(65536)
            if not got:
                say("CUT")
                return False
            message += got
            if self.mode == "bodyclose":
                return False
            self.early("body")
            if message.endswith(b"\r\n.\r\n"):
                break
            say("BYTES", len(message))
        say("DOT")
        if self.mode in ("mute", "thrown away"):
            return self.mode == "mute" or self.answer("dot", "554 5.0.0 thrown away") or True
        text = (b"\r\n" + bytes(message[:-3])).replace(b"\r\n..", b"\r\n.")[2:]
        with open(self.path, "wb") as file:
            file.write(text)
        if self.mode == "dotclose":
            return False
        if self.mode == "dothalf":
            self.stream.sendall(b"250 hal")
            return False
        if self.mode == "dotlong":
            self.stream.sendall(b"250 " + b"x" * 2000 + b"\r\n")
            return False
        return self.answer("dot", "354 once more" if self.mode == "dotodd" else "250 2.0.0 kept as 17")


def main():
    cert, key, folder, modes = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listener = socket.create_server(("127.0.0.1", 0))
    say("PORT", listener.getsockname()[1])
    for number, mode in enumerate(modes.split(",")):
        raw, _ = listener.accept()
        try:
            if mode == "plaintext":
                raw.sendall(b"220 sink ready\r\n")
                say("HEARD", raw.recv(65536)[:4].hex())
            else:
                with context.wrap_socket(raw, server_side=True) as stream:
                    Session(stream, mode, f"{folder}/{number}.eml").run()
        except OSError:
            say("BROKEN")
        raw.close()
        say("END", mode)


main()
