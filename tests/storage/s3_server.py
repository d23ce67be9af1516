"""An S3 server in a process of its own, moto's, on 127.0.0.1; told by POST /_faults what goes wrong with which requests.

A fault is `{"method": "GET", "key": "regular expression", "times": 1, …}` with one of `"status": 500` (answered so), `"delay_s": 3`
(answered late), `"cut": "before"` (the connection breaks) or `"cut": "after"` (done, but the answer is lost).
"""

import json
import re
import socket
import threading
import time
from contextlib import suppress

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ERROR = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"


class Faulty:
    """A WSGI application before the server's own."""

    def __init__(self, app):
        self.app = app
        self.faults = []
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/_faults":
            self.faults = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            start_response("200 OK", [])
            return []
        fault = self.fault_of(environ)
        if fault is None:
            return self.app(environ, start_response)
        if "status" in fault:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response(f"{fault['status']} Fault", [("Content-Type", "application/xml")])
            return [ERROR]
        if "delay_s" in fault:
            time.sleep(fault["delay_s"])
            return self.app(environ, start_response)
        if fault["cut"] == "after":
            list(self.app(environ, lambda *_: None))
        with suppress(OSError):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start_response("200 OK", [])
        return []

    def fault_of(self, environ):
        with self.lock:
            for fault in self.faults:
                if (
                    fault.get("times", 1) <= 0
                    or fault.get("method", environ["REQUEST_METHOD"]) != environ["REQUEST_METHOD"]
                ):
                    continue
                if re.search(fault.get("key", ""), environ["PATH_INFO"]):
                    fault["times"] = fault.get("times", 1) - 1
                    return fault
        return None


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


if __name__ == "__main__":
    application = Faulty(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    print(server.server_port, flush=True)  # noqa: T201 - for whoever started it
    server.serve_forever()
