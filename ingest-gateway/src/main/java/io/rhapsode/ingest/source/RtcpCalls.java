/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.Scan;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sdp.Media;
import io.rhapsode.wire.sdp.Sdp;
import io.rhapsode.wire.sip.SipMessage;
import io.rhapsode.wire.transport.TransportMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which call RTCP belongs to. RTCP names none, but the session descriptions of captured SIP say where each call expects it:
 * at the port of a=rtcp (RFC 3605), else at the one after RTP's (RFC 3550 section 11), with a=rtcp-mux at RTP's own too
 * (RFC 5761). Of calls that name the same place the latest has it. A place is kept for ten minutes after it was named or
 * met last, by the clock of the packets, and the 65,536 latest of them: some 30 MB at most. For all interfaces of a gateway, and
 * their threads.
 */
public final class RtcpCalls {

    private static final int MOST_PLACES = 65_536;
    private static final long KEPT_MICROS = 600_000_000;

    /** In octets. Who has longer ones does without RTCP, so that nobody can fill the memory with them. */
    private static final int LONGEST_CALL_ID = 256;

    private static final int LAST_PORT = 65_535;

    /** Address, as IPv6 has it, and port. */
    private record Place(long high, long low, int port) {
        static Place of(byte[] address, int port) {
            byte[] mapped = IpAddress.mapped(address);
            return new Place(BigEndian.read(mapped, 0, 8), BigEndian.read(mapped, 8, 8), port);
        }
    }

    private record Call(String callId, long atMicros) {}

    private final int most;
    private final Map<Place, Call> calls = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Call> eldest) {
            return size() > most;
        }
    };

    public RtcpCalls() {
        this(MOST_PLACES);
    }

    RtcpCalls(int most) {
        this.most = most;
    }

    /** Notes where the call of a SIP message expects RTCP, if it says so. */
    void learn(TransportMessage message) {
        byte[] bytes = message.bytes();
        if (!hasMediaLine(bytes, message.payloadOffset(), message.payloadOffset() + message.payloadLength())) {
            return;
        }
        var sip = SipMessage.of(bytes, message.payloadOffset(), message.payloadLength());
        if (sip.bodyLength() == 0 || sip.callId().isEmpty() || sip.callId().length() > LONGEST_CALL_ID) {
            return;
        }
        var call = new Call(sip.callId().toString(), message.atMicros());
        for (var part : sip.parts()) {
            if (part.is("application/sdp")) {
                Sdp.of(bytes, part.offset(), part.length()).media().forEach(media -> learn(media, call));
            }
        }
    }

    /** Most messages describe no session, and this is told in a tenth of the time that reading them would take. */
    private static boolean hasMediaLine(byte[] bytes, int offset, int end) {
        int at = offset;
        while (at < end) {
            int line = Scan.indexOf(bytes, at, end, (byte) '\n') + 1;
            if (line + 1 < end && bytes[line] == 'm' && bytes[line + 1] == '=') {
                return true;
            }
            at = line;
        }
        return false;
    }

    private void learn(Media media, Call call) {
        if (media.port() == 0 || media.port() == LAST_PORT || !media.isRtp()) {
            return;
        }
        boolean elsewhere = media.rtcpPort() > 0;
        put(
                elsewhere && !media.rtcpAddress().isEmpty() ? media.rtcpAddress() : media.address(),
                elsewhere ? media.rtcpPort() : media.port() + 1,
                call);
        if (media.rtcpMux()) {
            put(media.address(), media.port(), call);
        }
    }

    private void put(Text address, int port, Call call) {
        Optional<byte[]> octets = IpAddress.of(address.toString());
        if (octets.isPresent()) {
            synchronized (calls) {
                calls.put(Place.of(octets.get(), port), call);
            }
        }
    }

    /** The Call-ID of the call that expects RTCP where this goes to, else of the one where it comes from. */
    Optional<String> callOf(TransportMessage rtcp) {
        var destination = Place.of(rtcp.destinationAddress(), rtcp.destinationPort());
        var source = Place.of(rtcp.sourceAddress(), rtcp.sourcePort());
        synchronized (calls) {
            return callOf(destination, rtcp.atMicros()).or(() -> callOf(source, rtcp.atMicros()));
        }
    }

    private Optional<String> callOf(Place place, long atMicros) {
        var call = calls.get(place);
        if (call == null) {
            return Optional.empty();
        }
        if (Math.abs(atMicros - call.atMicros) > KEPT_MICROS) {
            calls.remove(place);
            return Optional.empty();
        }
        calls.put(place, new Call(call.callId, atMicros));
        return Optional.of(call.callId);
    }
}
