"""A relay that takes every message at once, over as many connections as somebody opens.

usage: sink.py CERT KEY FOLDER

Prints PORT n. Appends the Message-ID of each message that got its dot to FOLDER/taken, a line each.
"""
import socketserver
import ssl
import sys
import threading

cert, key, folder = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
taken = open(f"{folder}/taken", "ab", buffering=0)
lock = threading.Lock()


class Session(socketserver.StreamRequestHandler):
    def setup(self):
        self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self):
        answer = lambda text: self.wfile.write(text + b"\r\n")
        answer(b"220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                answer(b"354 go on")
                name = b""
                while (text := self.rfile.readline()) not in (b".\r\n", b""):
                    if not name and text.lower().startswith(b"message-id:"):
                        name = text.split(b":", 1)[1].strip()
                if not text:
                    return
                with lock:
                    taken.write(name + b"\n")
                answer(b"250 2.0.0 kept")
            elif verb == b"QUIT":
                answer(b"221 bye")
                return
            else:
                answer(b"250 go on")


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


with Sink(("127.0.0.1", 0), Session) as server:
    print("PORT", server.server_address[1], flush=True)
    server.serve_forever()
