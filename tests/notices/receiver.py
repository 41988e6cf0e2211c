"""A chat platform on this machine: it takes, checks and answers as the documents of each say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SEC-of-the-group"


@dataclass
class Platform:
    """What came in, and how the next posts are answered: (status, body), a number, or seconds."""

    received: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    slow: float = 0.0
    signed: bool = False
    keyword: str = ""
    server: Any = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def address(self, platform: str) -> str:
        return {
            "wecom": f"http://{self.host}/cgi-bin/webhook/send?key=693a91f6",
            "dingtalk": f"http://{self.host}/robot/send?access_token=566cc69da782",
            "feishu": f"http://{self.host}/open-apis/bot/v2/hook/bce6a1f1",
        }[platform]


def _sign(key: str, message: str) -> str:
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _wecom(platform: Platform, query: dict, body: dict) -> dict:
    assert set(body) == {"msgtype", "markdown"}, body
    assert body["msgtype"] == "markdown"
    if query.get("key") != ["693a91f6"]:
        return {"errcode": 93000, "errmsg": "invalid webhook url"}
    if len(body["markdown"]["content"].encode()) > 4096:
        return {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
    return {"errcode": 0, "errmsg": "ok"}


def _dingtalk(platform: Platform, query: dict, body: dict) -> dict:
    assert body["msgtype"] == "markdown"
    assert set(body["markdown"]) == {"title", "text"}, body
    if query.get("access_token") != ["566cc69da782"]:
        return {"errcode": 300005, "errmsg": "token is not exist"}
    if platform.signed:
        moment = query.get("timestamp", ["0"])[0]
        assert moment == "0" or len(moment) == 13, moment
        if query.get("sign") != [_sign(SECRET, f"{moment}\n{SECRET}")]:
            return {"errcode": 310000, "errmsg": "sign not match"}
    if platform.keyword not in body["markdown"]["text"]:
        return {"errcode": 310000, "errmsg": "keywords not in content"}
    return {"errcode": 0, "errmsg": "ok"}


def _feishu(platform: Platform, query: dict, body: dict) -> dict:
    assert body["msg_type"] == "post"
    post = body["content"]["post"]["zh_cn"]
    assert all(part["tag"] in ("a", "text") for row in post["content"] for part in row), body
    if platform.signed:
        second = body.get("timestamp", "")
        if body.get("sign") != _sign(f"{second}\n{SECRET}", ""):
            return {
                "code": 19021,
                "msg": "sign match fail or timestamp is not within one hour from current time",
            }
    if platform.keyword not in json.dumps(body, ensure_ascii=False):
        return {"code": 19024, "msg": "Key Words Not Found"}
    return {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}


_CHECKS = {
    "/cgi-bin/webhook/send": _wecom,
    "/robot/send": _dingtalk,
    "/open-apis/bot/v2/hook/bce6a1f1": _feishu,
}


def start() -> Platform:
    """Begin to listen on a free port; the caller closes `server`."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            body = json.loads(raw)
            platform.received.append(
                {
                    "path": parts.path,
                    "type": self.headers["Content-Type"],
                    "host": self.headers["Host"],
                    "bytes": len(raw),
                    "body": body,
                }
            )
            if platform.slow:
                time.sleep(platform.slow)
            if platform.answers:
                status, said = platform.answers.pop(0)
            else:
                status, said = 200, _CHECKS[parts.path](platform, parse_qs(parts.query), body)
            answer = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            """Say nothing of a visitor who did not wait."""

    platform.server = Quiet(("127.0.0.1", 0), Handler)
    threading.Thread(target=platform.server.serve_forever, args=(0.02,), daemon=True).start()
    return platform
