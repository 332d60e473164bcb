"""Serve a directory over https: DIRECTORY CERTIFICATE KEY FILE-FOR-THE-PORT."""

import functools
import http.server
import os
import ssl
import sys

directory, certificate, key, port = sys.argv[1:]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=directory))
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(port + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(port + ".new", port)
server.serve_forever()
