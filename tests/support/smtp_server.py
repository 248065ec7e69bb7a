"""tests/support/smtp_server.py plain|starttls|tls [CERT KEY] - an SMTP server (RFC 5321) for tests. Prints its port, then one
line of JSON for each mail: the envelope, and what Python's own reader of mails makes of it. Ends when its input ends.

Asks for no password, but takes AUTH PLAIN and LOGIN of user "vigie" with the password "s3cret:\\u00fc". Recipients refused@ get 550,
later@ 451; the recipient bye@ closes the connection. Lines longer than 998 bytes or without CR end it as well.
"""
import base64, email, email.policy, email.utils, json, os, socket, ssl, sys, threading

MODE = sys.argv[1]
PASSWORD = "s3cret:\u00fc".encode()
context = None
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])


class Session:
    def __init__(self, connection):
        self.connection, self.tls, self.user, self.hello = connection, MODE == "tls", None, None
        self.open()
        self.clear()

    def open(self):
        self.file = self.connection.makefile("rwb")

    def clear(self):
        self.sender, self.to = None, []

    def say(self, text):
        self.file.write(text.encode() + b"\r\n")
        self.file.flush()

    def line(self):
        got = self.file.readline(1000)
        if not got.endswith(b"\r\n"):
            raise EOFError
        return got[:-2]

    def ehlo(self, argument):
        self.hello = argument
        self.say("250-test")
        if MODE == "starttls" and not self.tls:
            self.say("250-STARTTLS")
        self.say("250-AUTH PLAIN LOGIN")
        self.say("250 8BITMIME")

    def starttls(self, _):
        self.say("220 go on")
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.tls = True
        self.open()

    def auth(self, argument):
        words = argument.split()
        if not words[1:]:
            self.say("334 ")
            words.append(self.line().decode())
        _, user, password = base64.b64decode(words[1]).split(b"\0")
        good = words[0] == "PLAIN" and user == b"vigie" and password == PASSWORD
        self.user = user.decode() if good else None
        self.say("235 welcome" if good else "535 5.7.8 credentials invalid")

    def mail(self, argument):
        self.sender = argument
        self.say("250 ok")

    def rcpt(self, argument):
        if "bye@" in argument:
            raise EOFError
        if "refused@" in argument:
            return self.say("550 5.1.1 nobody of that name")
        if "later@" in argument:
            return self.say("451 4.3.0 not now")
        self.to.append(argument)
        self.say("250 ok")

    def data(self, _):
        self.say("354 go on")
        lines = []
        while (line := self.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        m = email.message_from_bytes(b"\r\n".join(lines) + b"\r\n", policy=email.policy.SMTP)
        print(json.dumps({"hello": self.hello, "tls": self.tls, "user": self.user, "sender": self.sender, "to": self.to,
                          "headers": [k for k, _ in m.items()], "from": str(m["From"]), "recipients": str(m["To"]), "subject": str(m["Subject"]),
                          "date": email.utils.parsedate_to_datetime(str(m["Date"])).isoformat(), "id": str(m["Message-ID"]),
                          "text": m.get_content().replace("\r\n", "\n"), "longest": max(map(len, lines)), "ascii": all(map(bytes.isascii, lines)),
                          "defects": len(m.defects)}), flush=True)
        self.say("250 taken")
        self.clear()

    def serve(self):
        self.say("220 test")
        while True:
            verb, _, argument = self.line().decode().partition(" ")
            if verb.upper() == "QUIT":
                return self.say("221 bye")
            known = {"EHLO": self.ehlo, "STARTTLS": self.starttls, "AUTH": self.auth, "MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data}
            known.get(verb.upper(), lambda _: self.say("502 unknown"))(argument)


def talk(connection):
    try:
        if MODE == "tls":
            connection = context.wrap_socket(connection, server_side=True)
        Session(connection).serve()
    except (EOFError, OSError, UnicodeError):
        pass
    finally:
        connection.close()


def accept(listener):
    while True:
        threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept, args=(listener,), daemon=True).start()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
os._exit(0)
