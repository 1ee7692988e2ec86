/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import io.rhapsode.ingest.sink.RawRecord;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import io.rhapsode.wire.sip.CallIdScanner;
import io.rhapsode.wire.sip.SipMessage;
import io.rhapsode.wire.transport.Dissector;
import io.rhapsode.wire.transport.Leftover;
import io.rhapsode.wire.transport.TransportMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Sends the SIP of a capture file, whatever transport carried it, as HEP version 3 over UDP, like the agent that could
 * have been there. What SIP over TLS says is not to be had from a file.
 */
public final class HepSender {

    /** What fits behind the headers of IPv4 and UDP. */
    private static final int LONGEST_DATAGRAM = 65_507;

    private static final long CONTINUE_WITHOUT_SLEEP_NANOS = 50_000;

    /**
     * How to send.
     *
     * @param pace 1 as recorded, 2 twice as fast, 0 as fast as it goes
     * @param rate packets a second, whatever the recorded times are; 0 goes by the pace
     * @param longestPause longer pauses of the recording are cut to this
     * @param now true gives the packets the times at which they are sent, false leaves them those of the recording
     * @param callIdSuffix appended to every Call-ID, so that a recording played again makes new calls; may be empty
     * @param nodeName of the capture agent; null for none
     * @param agentId of the capture agent; -1 for none
     */
    public record Options(
            double pace,
            double rate,
            Duration longestPause,
            boolean now,
            String callIdSuffix,
            String nodeName,
            long agentId) {

        public Options {
            if (!(pace >= 0) || !(rate >= 0)) {
                throw new IllegalArgumentException("pace and rate cannot be negative");
            }
        }

        /** As recorded: pace, times and Call-IDs. */
        public static Options asRecorded() {
            return new Options(1, 0, Duration.ofDays(365), false, "", null, -1);
        }
    }

    /**
     * What was done. Of datagrams, packets = sent + skipped; with TCP and SCTP, one packet may hold several messages and
     * one message may take several packets, which are skipped as "segment" but for the last.
     *
     * @param packets in the file
     * @param sent messages
     * @param bytes of HEP sent
     * @param skipped what was not sent, by reason: messages that are "not-sip" or "too-long", packets as {@link Leftover}
     *     and {@link Dissector#frame} name them, and "file-damaged" for a file that ends early
     */
    public record Result(long packets, long sent, long bytes, Map<String, Long> skipped, Duration took) {}

    private final DatagramChannel channel;
    private final InetSocketAddress to;
    private final Options options;
    private final Dissector dissector = new Dissector();
    private final Deque<TransportMessage> messages = new ArrayDeque<>();
    private final Map<String, Long> skipped = new TreeMap<>();
    private final long begin = System.nanoTime();
    private final Instant beginTime = Instant.now();
    private long packets;
    private long sent;
    private long bytes;
    private long newestNanos = -1;
    private long elapsedNanos;

    private HepSender(DatagramChannel channel, InetSocketAddress to, Options options) {
        this.channel = channel;
        this.to = to;
        this.options = options;
    }

    /**
     * Sends a file from front to end.
     *
     * @param file pcap or pcapng
     * @throws IOException if the file is neither, or nobody receives at the address
     */
    public static Result send(Path file, InetSocketAddress to, Options options)
            throws IOException, InterruptedException {
        try (var capture = CaptureFile.open(file);
                var channel = DatagramChannel.open()) {
            channel.connect(to);
            var sender = new HepSender(channel, to, options);
            sender.sendAll(capture);
            sender.end();
            return sender.result();
        }
    }

    private void sendAll(CaptureFile capture) throws IOException, InterruptedException {
        var records = capture.iterator();
        while (true) {
            CaptureRecord next;
            try {
                if (!records.hasNext()) {
                    return;
                }
                next = records.next();
            } catch (UncheckedIOException e) {
                packets++;
                skip("file-damaged");
                return;
            }
            packets++;
            send(next);
        }
    }

    private void send(CaptureRecord record) throws IOException, InterruptedException {
        long atMicros = record.atNanos() < 0 ? -1 : record.atNanos() / 1_000;
        try {
            dissector.frame(record.linkType(), record.bytes(), 0, record.bytes().length, atMicros, this::keep);
        } catch (MalformedPacket e) {
            skip(e.reason());
        }
        sendKept();
    }

    /** Sending may wait and fail, which the dissector is not to know. */
    private void keep(TransportMessage message) {
        messages.add(message.copy());
    }

    private void sendKept() throws IOException, InterruptedException {
        while (!messages.isEmpty()) {
            sendSip(messages.remove());
        }
    }

    private void sendSip(TransportMessage captured) throws IOException, InterruptedException {
        if (!SipMessage.looksLikeSip(captured.bytes(), 0, captured.payloadLength())) {
            skip("not-sip");
            return;
        }
        byte[] message = message(captured);
        if (message.length > LONGEST_DATAGRAM) {
            skip("too-long");
            return;
        }
        long atNanos = captured.atMicros() < 0 ? -1 : captured.atMicros() * 1_000;
        long dueNanos = dueNanos(atNanos);
        byte[] hep = HepEncoder.encode(packet(captured, message, capturedAtMicros(atNanos, dueNanos)));
        if (hep.length > LONGEST_DATAGRAM) {
            skip("too-long");
            return;
        }
        await(dueNanos);
        write(hep);
    }

    private void write(byte[] hep) throws IOException {
        try {
            channel.write(ByteBuffer.wrap(hep));
        } catch (PortUnreachableException e) {
            throw new IOException("nobody receives UDP at " + to, e);
        }
        sent++;
        bytes += hep.length;
    }

    /** When to send, nanoseconds after the beginning. */
    private long dueNanos(long atNanos) {
        if (options.rate > 0) {
            return (long) (sent * 1e9 / options.rate);
        }
        if (atNanos >= 0 && options.pace > 0) {
            long pause = newestNanos < 0 ? 0 : Math.max(0, atNanos - newestNanos);
            elapsedNanos += (long) (Math.min(pause, options.longestPause.toNanos()) / options.pace);
            newestNanos = Math.max(newestNanos, atNanos);
        }
        return elapsedNanos;
    }

    private long capturedAtMicros(long atNanos, long dueNanos) {
        if (!options.now) {
            return atNanos < 0 ? -1 : atNanos / 1_000;
        }
        boolean paced = options.rate > 0 || options.pace > 0;
        Instant at = paced ? beginTime.plusNanos(dueNanos) : Instant.now();
        // A packet recorded out of order stays before those it was before.
        long behind = options.rate > 0 || atNanos < 0 ? 0 : Math.max(0, newestNanos - atNanos);
        double pace = options.pace > 0 ? options.pace : 1;
        return TimeUnit.SECONDS.toMicros(at.getEpochSecond()) + at.getNano() / 1_000 - (long) (behind / pace) / 1_000;
    }

    private void await(long dueNanos) throws InterruptedException {
        long wait = begin + dueNanos - System.nanoTime();
        if (wait > CONTINUE_WITHOUT_SLEEP_NANOS) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
    }

    /** The message, with the suffix behind its Call-ID. */
    private byte[] message(TransportMessage captured) {
        byte[] bytes = captured.bytes();
        long callId = CallIdScanner.scan(bytes, 0, bytes.length);
        if (callId < 0 || options.callIdSuffix.isEmpty()) {
            return bytes;
        }
        byte[] suffix = options.callIdSuffix.getBytes(StandardCharsets.UTF_8);
        int cut = (int) (callId >>> 32) + (int) callId;
        return ByteBuffer.allocate(bytes.length + suffix.length)
                .put(bytes, 0, cut)
                .put(suffix)
                .put(bytes, cut, bytes.length - cut)
                .array();
    }

    private HepPacket packet(TransportMessage captured, byte[] message, long capturedAtMicros) {
        return new HepPacket(
                3,
                captured.transport().ipProtocol(),
                captured.sourceAddress(),
                captured.destinationAddress(),
                captured.sourcePort(),
                captured.destinationPort(),
                capturedAtMicros,
                RawRecord.SIP,
                options.agentId,
                options.nodeName,
                null,
                captured.vlan(),
                null,
                message,
                0,
                message.length,
                List.of());
    }

    private void end() throws IOException, InterruptedException {
        dissector.end(this::keep);
        sendKept();
        dissector.leftovers().forEach((leftover, count) -> skipped.merge(leftover.reason(), count, Long::sum));
    }

    private void skip(String reason) {
        skipped.merge(reason, 1L, Long::sum);
    }

    private Result result() {
        return new Result(packets, sent, bytes, Map.copyOf(skipped), Duration.ofNanos(System.nanoTime() - begin));
    }
}
