"""A mail server that speaks TLS, for tests/tls.rs: tls_server.py CERTIFICATE KEY wrapped|starttls.

Prints its port, then the first letter it takes, and ends."""

import socket
import ssl
import sys

certificate, key, mode = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    try:
        encrypted = mode == "wrapped"
        if encrypted:
            connection = context.wrap_socket(connection, server_side=True)
        stream = connection.makefile("rwb", 0)
        stream.write(b"220 tls.test ESMTP\r\n")
        while line := stream.readline():
            verb = line.split()[0].upper()
            if verb == b"EHLO":
                offer = b"" if encrypted else b"250-STARTTLS\r\n"
                stream.write(b"250-tls.test\r\n" + offer + b"250 8BITMIME\r\n")
            elif verb == b"STARTTLS":
                stream.write(b"220 go on\r\n")
                connection = context.wrap_socket(connection, server_side=True)
                stream, encrypted = connection.makefile("rwb", 0), True
            elif verb == b"MAIL" and not encrypted:
                stream.write(b"530 encrypt first\r\n")
            elif verb == b"DATA":
                stream.write(b"354 go on\r\n")
                letter = []
                while (line := stream.readline()) != b".\r\n":
                    letter.append(line)
                stream.write(b"250 taken\r\n")
                sys.stdout.buffer.write(b"".join(letter))
                sys.exit()
            else:
                stream.write(b"250 fine\r\n")
    except OSError:
        pass
