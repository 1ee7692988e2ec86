"""A back-to-back user agent, as little of one as a capture of its two legs needs: UDP, each call with legs of their own.

Listens on 127.0.1.5:5060 and calls 127.0.1.9:5060; media goes through it as well. The second leg has no hint in the first
call, the first leg's Call-ID in X-CID in the second, and its Session-ID in the third, where the B number is another.
"""
import re
import socket

HERE, CALLEE = ("127.0.1.5", 5060), ("127.0.1.9", 5060)
NUMBER, REWRITTEN = "sip:+492215556667@", "sip:4711@"
calls = {}


def field(message, name):
    found = re.search(rf"^{name}: *(.*)\r$", message, re.M)
    return found.group(1) if found else ""


def put(message, name, value):
    return re.sub(rf"^{name}:.*\r$", f"{name}: {value}\r", message, flags=re.M)


def begin(message, source):
    first, number = field(message, "Call-ID"), len(calls) // 2 + 1
    call = {"number": number, "first": first, "second": f"{number}-leg-b@{HERE[0]}", "caller": source, "vias": {}}
    calls[call["first"]] = calls[call["second"]] = call
    return call


def forward(message, source):
    call = calls.get(field(message, "Call-ID")) or begin(message, source)
    request = not message.startswith("SIP/2.0")
    from_caller = field(message, "Call-ID") == call["first"]
    cseq = field(message, "CSeq")
    via = f"SIP/2.0/UDP {HERE[0]}:{HERE[1]};branch=z9hG4bKb2b-{call['number']}-{cseq.replace(' ', '-')}"
    if request:
        call["vias"][cseq] = field(message, "Via")
    message = put(message, "Via", via if request else call["vias"][cseq])
    message = put(message, "Contact", f"<sip:b2b@{HERE[0]}:{HERE[1]}>")
    message = re.sub(r"IN IP4 \S+", f"IN IP4 {HERE[0]}", message)
    if not from_caller:
        message = put(message, "Call-ID", call["first"]).replace("tag=b2b-", "tag=", 1).replace(REWRITTEN, NUMBER)
        return message, call["caller"]
    message = put(message, "Call-ID", call["second"]).replace("tag=", "tag=b2b-", 1)
    if call["number"] == 2:
        message = message.replace("\r\nCSeq:", f"\r\nX-CID: {call['first']}\r\nCSeq:", 1)
    if call["number"] == 3:
        return message.replace(NUMBER, REWRITTEN), CALLEE
    return re.sub(r"\r\nSession-ID:[^\r]*", "", message), CALLEE


wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire.bind(HERE)
while True:
    data, sender = wire.recvfrom(65535)
    out, to = forward(data.decode(), sender)
    wire.sendto(out.encode(), to)
