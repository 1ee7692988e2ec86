#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Key figures of a capture file by minute, computed the plain way: all packets in memory, call by call.

Reads classic pcap with Ethernet, Linux cooked or raw IP frames, SIP over UDP. Knows nothing of Rhapsode: the
definitions are those of docs/topics.md (Kpi), RFC 6076 and RFC 3261. Prints dimension/value, minute, name of the
count and count, separated by tabs; what is 0 is left out.

    python3 kpis.py capture.pcap...
"""

import re
import struct
import sys
from collections import defaultdict


def frames(path):
    data = open(path, "rb").read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    nanos = data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
    link = struct.unpack(order + "I", data[20:24])[0]
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, length, _ = struct.unpack(order + "4I", data[at:at + 16])
        yield link, seconds * 1_000_000 + fraction // (1000 if nanos else 1), data[at + 16:at + 16 + length]
        at += 16 + length


def udp(link, frame):
    if link == 1:
        frame = frame[14:] if frame[12:14] in (b"\x08\x00", b"\x86\xdd") else b""
    elif link == 113:
        frame = frame[16:]
    elif link == 0:
        frame = frame[4:]
    if len(frame) < 28:
        return None
    if frame[0] >> 4 == 4 and frame[9] == 17:
        header = (frame[0] & 15) * 4
        source, destination = frame[12:16], frame[16:20]
    elif frame[0] >> 4 == 6 and frame[6] == 17:
        header, source, destination = 40, frame[8:24], frame[24:40]
    else:
        return None
    ports = struct.unpack(">HHH", frame[header:header + 6])
    return source + frame[header:header + 2], destination + frame[header + 2:header + 4], \
        frame[header + 8:header + ports[2]]


class Message:
    def __init__(self, at, source, destination, text):
        self.at, self.source, self.destination = at, source, destination
        lines = re.split(r"\r?\n", text)
        first = lines[0].split(" ")
        self.code = int(first[1]) if first[0] == "SIP/2.0" else 0
        self.method = "" if self.code else first[0]
        self.uri = "" if self.code else first[1]
        self.headers = defaultdict(list)
        for line in lines[1:]:
            if not line:
                break
            name, _, value = line.partition(":")
            short = {"i": "call-id", "v": "via", "f": "from", "t": "to"}
            name = name.strip().lower()
            self.headers[short.get(name, name)].append(value.strip())
        self.call = self.first("call-id")
        cseq = self.first("cseq").split()
        self.cseq, self.of = (int(cseq[0]), cseq[1]) if len(cseq) == 2 else (0, "")
        self.branch = self.parameter("via", "branch")
        self.from_tag = self.parameter("from", "tag")
        self.to_tag = self.parameter("to", "tag")

    def first(self, name):
        return self.headers[name][0] if self.headers[name] else ""

    def parameter(self, header, name):
        found = re.search(r";\s*" + name + r"\s*=\s*([^;,\s>]+)", self.first(header), re.I)
        return found.group(1) if found else ""

    def cause(self):
        found = re.search(r"Q\.850\s*;.*?cause\s*=\s*(\d+)", ",".join(self.headers["reason"]), re.I)
        return int(found.group(1)) if found else 0


def messages(path):
    for link, at, frame in frames(path):
        packet = udp(link, frame)
        if not packet:
            continue
        source, destination, payload = packet
        text = payload.decode("latin-1")
        if re.match(r"(SIP/2\.0 \d{3} |[A-Z]+ \S+ SIP/2\.0)", text):
            message = Message(at, source, destination, text)
            if message.call:
                yield message


def millis(begin, end):
    return max(0, (end - begin) // 1000)


class Figures(dict):
    def count(self, name, amount=1):
        if amount:
            self[name] = self.get(name, 0) + amount


def bucket(delay):
    return delay if delay < 32 else delay - delay % (1 << (delay.bit_length() - 5))


def count(call, out):
    """call: all messages of one Call-ID in the order of capture."""
    sightings(call, out)
    begins = {"INVITE": [], "REGISTER": []}
    for message in call:
        if message.method in begins and not message.to_tag:
            begins[message.method].append(message)
    if begins["INVITE"]:
        attempt(call, begins["INVITE"], out)
    elif any(message.method in ("INVITE", "BYE") for message in call):
        out.count("partly_seen")
    elif begins["REGISTER"]:
        registration(call, begins["REGISTER"], out)
    else:
        out.count("others")


def sightings(call, out):
    wires = {message_on_wire(message) for message in call}
    kinds = {kind(message) for message in call}
    out.count("messages", len(call))
    out.count("retransmissions", len(call) - len(wires))
    out.count("further_sightings", len(wires) - len(kinds))


def message_on_wire(message):
    return kind(message) + (message.source, message.destination, message.branch)


def kind(message):
    hop = (message.source, message.destination, message.branch)
    of_hop = hop if message.code == 100 or message.method == "CANCEL" else ()
    return (message.code, message.method, message.cseq, message.of, message.from_tag, message.to_tag, of_hop)


def attempt(call, invites, out):
    caller = invites[0].from_tag
    last = max(invite.cseq for invite in invites if invite.from_tag == caller)
    tried = next(invite for invite in invites if invite.cseq == last and invite.from_tag == caller)
    numbers = {(invite.cseq, invite.from_tag, invite.branch) for invite in invites}
    replies = [m for m in call if m.code and m.of == "INVITE" and (m.cseq, m.from_tag, m.branch) in numbers]
    mine = [m for m in replies if m.cseq == last and m.branch == tried.branch]
    answer = next((m for m in replies if 200 <= m.code < 300), None)
    failure = None if answer else next((m for m in mine if m.code >= 300), None)
    cancel = None if answer else next((m for m in call if m.method == "CANCEL" and m.branch == tried.branch), None)
    bye = next((m for m in call if m.method == "BYE"), None)
    rang = any(m.code == 180 for m in replies)
    heard = next((m for m in mine if m.code in (180, 183) or 200 <= m.code < 300), None)
    final = answer or failure
    code = final.code if final else 0
    cause = (cancel or failure).cause() if cancel or failure else 0

    if not final and not cancel and bye:
        out.count("partly_seen")
        return
    out.count("attempts")
    out.count("answered", 1 if answer else 0)
    out.count("left_out", code // 100 == 3 or code in (401, 402, 407))
    out.count("effective", answer is not None or code in (480, 486, 600, 603))
    out.count("ineffective", code in (408, 500, 503, 504))
    given_up = cancel or code in (0, 408, 487)
    out.count("delivered", bool(answer) or code in (480, 486, 600, 603) or 17 <= cause <= 21
              or bool(given_up and rang))
    out.count("cancelled", cancel is not None)
    out.count("unanswered", not final and not cancel)
    if code:
        out.count("final_codes %d" % code)
    if answer and bye:
        out.count("durations")
        out.count("duration_ms", millis(answer.at, bye.at))
    if heard:
        delay = millis(tried.at, heard.at)
        out.count("pdd_ms", delay)
        out.count("pdd_histogram %d" % bucket(delay))


def registration(call, requests, out):
    replies = [m for m in call if m.of == "REGISTER" and m.code >= 200]
    success = [m for m in replies if m.code < 300]
    last = max(request.cseq for request in requests)
    refused = [m for m in replies if m.code >= 300 and m.cseq == last]
    out.count("registrations")
    # The latest request decides: one that was renewed in vain has failed.
    latest = [m for m in success if m.cseq == last]
    out.count("registrations_succeeded", bool(latest))
    for reply in (latest or refused)[:1]:
        out.count("registration_codes %d" % reply.code)
    if success:
        pairs = [(request, reply) for request in requests for reply in success
                 if (request.cseq, request.branch) == (reply.cseq, reply.branch)]
        if pairs:
            out.count("registration_delays")
            out.count("registration_delay_ms", millis(pairs[0][0].at, pairs[0][1].at))


def prefix(call):
    first = next((m for m in call if m.method == "INVITE" and not m.to_tag), None) or next(
        (m for m in call if m.method and not m.to_tag), call[0])
    user = re.match(r"sips?:([^@;>]*)@", first.uri) or re.search(r"sips?:([^@;>]*)@", first.first("to"))
    number = re.match(r"(?:\+|00)?([\d.()-]*)", user.group(1)) if user else None
    return re.sub(r"\D", "", number.group(1))[:3] if number else ""


def main():
    calls = defaultdict(list)
    for path in sys.argv[1:]:
        for message in messages(path):
            calls[message.call].append(message)
    sums = defaultdict(Figures)
    for call in calls.values():
        call.sort(key=lambda message: message.at)
        minute = call[0].at // 60_000_000 * 60
        for place in ("all/", "prefix:3/" + prefix(call)):
            count(call, sums[place, minute])
    for (place, minute), figures in sorted(sums.items()):
        for name, amount in sorted(figures.items()):
            print(place, minute, name, amount, sep="\t")


main()
