"""tests/support/http_server.py [CERT KEY] - an HTTP or HTTPS server for tests. Prints its port, then a line for each request that it
took: method, path, body length. Ends when its input ends.

/echo answers what came; /long?N gives N bytes; /flaky?N answers 503 with Retry-After: 1 N times, then 200; /busy asks for an
hour; /status?N answers N; /near, /away, /loop redirect to here, to another host name, to itself; /slow never answers; /hook checks a
webhook's signature with the secret "k3y\\x00\\xff".
"""
import base64, hashlib, hmac, http.server, json, os, ssl, sys, threading, time

flaky = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hook(self, body):
        at, name = self.headers["webhook-timestamp"], self.headers["webhook-id"]
        mac = hmac.new(b"k3y\x00\xff", f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        good = self.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
        json.loads(body)
        self.answer(204 if good and self.headers["Content-Type"] == "application/json" else 401)

    def redirect(self, path):
        port = self.server.server_address[1]
        scheme = "https" if len(sys.argv) > 1 else "http"
        to = {"/near": "/echo", "/loop": "/loop", "/away": f"{scheme}://localhost:{port}/echo", "/down": f"http://127.0.0.1:{port + 1}/echo"}[path]
        self.answer(int(self.path.partition("?")[2] or 302), Location=to)

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        print(self.command, self.path, len(body), flush=True)
        if path == "/echo":
            seen = {k.lower(): v for k, v in self.headers.items() if k.lower() not in ("host", "accept")}
            self.answer(200, json.dumps({"method": self.command, "body": body.decode(), **seen}).encode(), X_Answer="  yes ")
        elif path == "/long":
            self.answer(200, b"x" * int(query))
        elif path == "/flaky":
            flaky[query] = flaky.get(query, 0) + 1
            self.answer(*((503, b"not yet") if flaky[query] <= int(query) else (200, b"now")), Retry_After="1")
        elif path == "/busy":
            self.answer(429, Retry_After="3600")
        elif path == "/status":
            self.answer(int(query))
        elif path == "/slow":
            time.sleep(30)
        elif path == "/hook":
            self.hook(body)
        else:
            self.redirect(path)

    do_GET = do_POST = do_HEAD = do_PUT = do


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
