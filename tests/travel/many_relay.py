"""A relay that takes many connections at once, each in a thread of its own.

usage: many_relay.py CERT KEY FOLDER TOGETHER WORD=MODE,...

Prints PORT n. Writes each message that got its dot, before it answers, to FOLDER/N.eml, N counting from 0. No DATA is
answered before TOGETHER connections have asked for it. A recipient whose address has a WORD gets its MODE: two (the dot
is answered twice), hangup (the connection is closed instead of an answer to the dot). When standard input ends it stops
listening, waits for the connections that there are, prints MOST n, how many messages it was being given at once, and ends.
"""
import itertools
import socket
import ssl
import sys
import threading

lock = threading.Lock()
numbers = itertools.count()
now = 0
most = 0


def session(stream, folder, together, modes):
    global now, most
    lines = stream.makefile("rb")
    answer = lambda text: stream.sendall(text.encode() + b"\r\n")
    answer("220 many relay")
    mode = ""
    while line := lines.readline():
        verb = line[:4].upper()
        if verb == b"RCPT":
            mode = next((mode for word, mode in modes if word.encode() in line), "")
            answer("250 go on")
        elif verb == b"DATA":
            with lock:
                now += 1
                most = max(most, now)
            if together:
                together.wait(60)
            answer("354 go on")
            message = b""
            while (text := lines.readline()) not in (b".\r\n", b""):
                message += text[1:] if text.startswith(b".") else text
            with lock:
                now -= 1
            if not text:
                return
            with lock, open(f"{folder}/{next(numbers)}.eml", "wb") as file:
                file.write(message)
            if mode == "hangup":
                return
            answer("250 2.0.0 kept" + ("\r\n250 2.0.0 kept again" if mode == "two" else ""))
        elif verb == b"QUIT":
            answer("221 bye")
            return
        else:
            answer("250 go on")


def serve(raw, context, *rest):
    try:
        with context.wrap_socket(raw, server_side=True) as stream:
            session(stream, *rest)
    except (OSError, threading.BrokenBarrierError):
        pass
    finally:
        raw.close()


def main():
    cert, key, folder, together, modes = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    together = threading.Barrier(int(together)) if int(together) > 1 else None
    modes = [word.split("=") for word in modes.split(",") if word]
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    print("PORT", listener.getsockname()[1], flush=True)
    threads = []

    def listen():
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=serve, args=(raw, context, folder, together, modes))
            threads.append(thread)
            thread.start()

    listening = threading.Thread(target=listen)
    listening.start()
    sys.stdin.read()
    listener.shutdown(socket.SHUT_RDWR)
    listening.join()
    for thread in threads:
        thread.join()
    print("MOST", most, flush=True)


main()
