/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.pcap.PcapWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls as HEPv3 over UDP at an even rate. Each call has seven messages (INVITE 100 180 200 ACK BYE 200, 600 to 1,100
 * bytes with the HEP header) and its own Call-ID, tags, branches, numbers and media address; many calls are under way at a time. The
 * datagrams are made once; what differs from call to call is written over in place, so that the generator costs little
 * beside what it measures.
 */
final class CallLoad {

    /** Messages a call has. */
    static final int MESSAGES_PER_CALL = 7;

    private static final String PLACE = "0123456789";
    private static final int CALLS_UNDER_WAY = 64;

    /** To sleep and wake for each message would cost more than to send it. */
    private static final long ROUND_NANOS = 2_000_000;

    private static final int CAPTURE_SECONDS = 0x0009;
    private static final int CAPTURE_MICROS = 0x000a;
    private static final byte[] CALLER = {10, 1, 0, 10};
    private static final byte[] CALLEE = {10, 2, 0, 20};

    private final InetSocketAddress gateway;
    private final List<Template> templates;

    /** @param run part of every Call-ID, so that runs can be told apart */
    CallLoad(InetSocketAddress gateway, String run) {
        this.gateway = gateway;
        this.templates = templates(run);
    }

    /**
     * Sends.
     *
     * @param calls how many calls
     * @param messagesPerSecond even rate: none is early, and none later than 2 ms if the machine keeps up
     * @param sentAtNanos where the time of sending of each message goes (System.nanoTime); may be null
     * @return messages sent
     */
    long send(int calls, int messagesPerSecond, long[] sentAtNanos) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, 4 << 20);
            channel.connect(gateway);
            long total = (long) calls * MESSAGES_PER_CALL;
            long start = System.nanoTime();
            for (long n = 0; n < total; n++) {
                waitUntil(start + n * 1_000_000_000L / messagesPerSecond);
                Template template = templates.get(step(n, calls));
                template.stamp(call(n, calls), System.currentTimeMillis() * 1000);
                if (sentAtNanos != null) {
                    sentAtNanos[(int) n] = System.nanoTime();
                }
                channel.write(template.datagram.rewind());
            }
            return total;
        }
    }

    /**
     * Writes calls as a capture of UDP datagrams, a microsecond apart.
     *
     * @return messages written
     */
    static long record(PcapWriter writer, String run, int calls, long beginMicros) throws IOException {
        List<Template> templates = templates(run);
        long total = (long) calls * MESSAGES_PER_CALL;
        for (long n = 0; n < total; n++) {
            Template template = templates.get(step(n, calls));
            template.stamp(call(n, calls), beginMicros + n);
            writer.write(beginMicros + n, 17, template.source, template.destination, 5060, 5060, template.message());
        }
        return total;
    }

    /** Calls run in groups side by side: first the INVITEs of a group, then its 100s, and so on. */
    static int step(long message, int calls) {
        return (int) (inGroup(message) / groupSize(message, calls));
    }

    static int call(long message, int calls) {
        return (int) (group(message) * CALLS_UNDER_WAY + inGroup(message) % groupSize(message, calls));
    }

    private static long group(long message) {
        return message / (CALLS_UNDER_WAY * MESSAGES_PER_CALL);
    }

    private static long inGroup(long message) {
        return message % (CALLS_UNDER_WAY * MESSAGES_PER_CALL);
    }

    private static long groupSize(long message, int calls) {
        return Math.min(CALLS_UNDER_WAY, calls - group(message) * CALLS_UNDER_WAY);
    }

    /** Returns at the time, or a round later; whatever is due by then goes out without waiting. */
    private static void waitUntil(long nanos) {
        if (nanos > System.nanoTime()) {
            long until = nanos + ROUND_NANOS;
            for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    static List<Template> templates(String run) {
        String dialog = "From: \"Anna Mustermann\" <sip:+4930" + PLACE + "@a.example.com>;tag=a" + PLACE + "\r\n"
                + "Call-ID: " + run + "-" + PLACE + "@10.1.0.10\r\n";
        String via = "Record-Route: <sip:10.1.0.1;lr;ftag=a" + PLACE + ">\r\n"
                + "P-Charging-Vector: icid-value=\"icid-" + run + PLACE
                + "\";icid-generated-at=10.1.0.1;orig-ioi=net.example\r\n"
                + "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK-p" + PLACE + ";received=10.1.0.1\r\n"
                + "Via: SIP/2.0/UDP 10.1.0.10:5060;branch=z9hG4bK" + PLACE;
        String contact = "Contact: <sip:+4930" + PLACE + "@10.1.0.10:5060;transport=udp>\r\n";
        String to = "To: <sip:+4989" + PLACE + "@b.example.com>";
        String tagged = to + ";tag=b" + PLACE + "\r\n";
        String common = "Max-Forwards: 70\r\nAllow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK\r\n"
                + "Supported: replaces, timer, 100rel\r\nUser-Agent: Load 1.0\r\n"
                + "P-Asserted-Identity: <sip:+4930" + PLACE + "@a.example.com>\r\n";
        String server = "Server: Registrar 7.4\r\nAllow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\n";
        String sdp = "v=0\r\no=- 20518 0 IN IP4 10.1.0.10\r\ns=-\r\nc=IN IP4 m" + PLACE + ".example.com\r\nt=0 0\r\n"
                + "m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
                + "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
        String uri = " sip:+4989" + PLACE + "@b.example.com SIP/2.0\r\n";
        List<Template> all = new ArrayList<>();
        all.add(request(
                "INVITE" + uri + via + "i\r\n" + dialog + to + "\r\nCSeq: 1 INVITE\r\n" + contact + common, sdp));
        all.add(reply("SIP/2.0 100 Trying\r\n" + via + "i\r\n" + dialog + to + "\r\nCSeq: 1 INVITE\r\n" + server, ""));
        all.add(reply("SIP/2.0 180 Ringing\r\n" + via + "i\r\n" + dialog + tagged + "CSeq: 1 INVITE\r\n" + server, ""));
        all.add(reply(
                "SIP/2.0 200 OK\r\n" + via + "i\r\n" + dialog + tagged + "CSeq: 1 INVITE\r\n" + contact + server, sdp));
        all.add(request("ACK" + uri + via + "k\r\n" + dialog + tagged + "CSeq: 1 ACK\r\n" + common, ""));
        all.add(request("BYE" + uri + via + "e\r\n" + dialog + tagged + "CSeq: 2 BYE\r\n" + common, ""));
        all.add(reply("SIP/2.0 200 OK\r\n" + via + "e\r\n" + dialog + tagged + "CSeq: 2 BYE\r\n" + server, ""));
        return all;
    }

    private static Template request(String head, String body) {
        return new Template(CALLER, CALLEE, message(head, body));
    }

    private static Template reply(String head, String body) {
        return new Template(CALLEE, CALLER, message(head, body));
    }

    private static byte[] message(String head, String body) {
        String type = body.isEmpty() ? "" : "Content-Type: application/sdp\r\n";
        return (head + type + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** One datagram, with the places where the number of the call and the time go. */
    static final class Template {
        final ByteBuffer datagram;
        final byte[] source;
        final byte[] destination;
        private final byte[] message;
        private final byte[] digits = new byte[PLACE.length()];
        private int[] places = {};
        private int secondsAt;
        private int microsAt;

        Template(byte[] source, byte[] destination, byte[] message) {
            this.source = source;
            this.destination = destination;
            this.message = new byte[message.length];
            byte[] bytes = HepEncoder.encode(new HepPacket(
                    3,
                    17,
                    source,
                    destination,
                    5060,
                    5060,
                    1_000_000L,
                    1,
                    2001,
                    "load",
                    null,
                    -1,
                    null,
                    message,
                    0,
                    message.length,
                    List.of()));
            datagram = ByteBuffer.allocateDirect(bytes.length).put(bytes);
            findPlaces(bytes);
            findTimes();
        }

        /** The SIP message as it is now; the payload is the last chunk. */
        byte[] message() {
            datagram.get(datagram.capacity() - message.length, message);
            return message;
        }

        private void findPlaces(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            for (int at = text.indexOf(PLACE); at >= 0; at = text.indexOf(PLACE, at + 1)) {
                places = Arrays.copyOf(places, places.length + 1);
                places[places.length - 1] = at;
            }
        }

        /** HEPv3: six bytes of header, then chunks of vendor id, type and length of two bytes each. */
        private void findTimes() {
            for (int at = 6; at < datagram.capacity(); at += datagram.getShort(at + 4) & 0xffff) {
                int type = datagram.getShort(at + 2);
                secondsAt = type == CAPTURE_SECONDS ? at + 6 : secondsAt;
                microsAt = type == CAPTURE_MICROS ? at + 6 : microsAt;
            }
        }

        void stamp(int call, long atMicros) {
            int rest = call;
            for (int digit = digits.length - 1; digit >= 0; digit--, rest /= 10) {
                digits[digit] = (byte) ('0' + rest % 10);
            }
            for (int place : places) {
                datagram.put(place, digits);
            }
            datagram.putInt(secondsAt, (int) (atMicros / 1_000_000));
            datagram.putInt(microsAt, (int) (atMicros % 1_000_000));
        }
    }
}
