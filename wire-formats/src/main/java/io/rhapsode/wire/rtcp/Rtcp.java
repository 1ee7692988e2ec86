/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.rtcp.RtcpPacket.ApplicationDefined;
import io.rhapsode.wire.rtcp.RtcpPacket.ExtendedReport;
import io.rhapsode.wire.rtcp.RtcpPacket.Feedback;
import io.rhapsode.wire.rtcp.RtcpPacket.Goodbye;
import io.rhapsode.wire.rtcp.RtcpPacket.Item;
import io.rhapsode.wire.rtcp.RtcpPacket.Other;
import io.rhapsode.wire.rtcp.RtcpPacket.Report;
import io.rhapsode.wire.rtcp.RtcpPacket.ReportBlock;
import io.rhapsode.wire.rtcp.RtcpPacket.SenderInfo;
import io.rhapsode.wire.rtcp.RtcpPacket.SourceDescription;
import io.rhapsode.wire.rtcp.RtcpPacket.XrBlock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads RTCP datagrams: compounds of packets, or a single one of reduced size (RFC 3550 section 6, RFC 5506). */
public final class Rtcp {

    /** Packets read of one compound; a datagram of more is refused, no implementation sends a tenth of them. */
    public static final int MAX_PACKETS = 256;

    private static final String TRUNCATED = "rtcp-truncated";
    private static final int VERSION = 2;
    private static final int HEADER = 4;
    private static final int FIRST_TYPE = 192;
    private static final int LAST_TYPE = 223;

    /** The first of the types that a datagram begins with: 200 to 207 differ in their last three bits alone. */
    private static final int SENDER_REPORT = 200;

    private Rtcp() {}

    /** True if the range begins as RTCP does: version 2 and a packet type of RTCP's range (RFC 5761 section 4). */
    public static boolean looksLikeRtcp(byte[] bytes, int offset, int length) {
        return length >= 2 * HEADER && isHeader(bytes, offset);
    }

    private static boolean isHeader(byte[] bytes, int at) {
        int type = bytes[at + 1] & 0xff;
        return (bytes[at] & 0xff) >> 6 == VERSION && type >= FIRST_TYPE && type <= LAST_TYPE;
    }

    private static int size(byte[] bytes, int at) {
        return HEADER + 4 * ((bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff);
    }

    /**
     * True if the range is RTCP from its first octet to its last: it begins with a packet of type 200 to 207, and each
     * packet's length leads to another one of RTCP, or to the end. Encrypted RTCP (RFC 3711) does not pass, nor does RTP.
     * Nothing is allocated.
     */
    public static boolean isWhole(byte[] bytes, int offset, int length) {
        if (!looksLikeRtcp(bytes, offset, length) || (bytes[offset + 1] & 0xf8) != SENDER_REPORT) {
            return false;
        }
        int end = withoutRest(bytes, offset, length);
        int at = offset;
        for (int packets = 0; at < end; packets++) {
            if (packets == MAX_PACKETS || end - at < HEADER || !isHeader(bytes, at)) {
                return false;
            }
            at += size(bytes, at);
        }
        return at == end;
    }

    /**
     * The packets in their order.
     *
     * @throws MalformedPacket "rtcp-bad-version", "rtcp-bad-length" where a packet claims more than there is,
     *     "rtcp-truncated" where its content does, "rtcp-too-many-packets", "not-rtcp" for no packet at all
     */
    public static List<RtcpPacket> decode(byte[] bytes, int offset, int length) throws MalformedPacket {
        if (!looksLikeRtcp(bytes, offset, length)) {
            throw new MalformedPacket("not-rtcp");
        }
        var packets = new ArrayList<RtcpPacket>();
        int at = offset;
        int end = withoutRest(bytes, offset, length);
        while (at < end) {
            if (packets.size() == MAX_PACKETS) {
                throw new MalformedPacket("rtcp-too-many-packets");
            }
            if (end - at < HEADER || (bytes[at] & 0xff) >> 6 != VERSION) {
                throw new MalformedPacket("rtcp-bad-version");
            }
            int size = size(bytes, at);
            if (size > end - at) {
                throw new MalformedPacket("rtcp-bad-length");
            }
            packets.add(packet(bytes, at, size));
            at += size;
        }
        return packets;
    }

    /** The end less zeros that fill no word: some gateways send one byte too many. */
    private static int withoutRest(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int words = end - length % HEADER;
        while (end > words && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static RtcpPacket packet(byte[] bytes, int at, int size) throws MalformedPacket {
        int first = bytes[at] & 0xff;
        int padding = (first & 0x20) == 0 ? 0 : bytes[at + size - 1] & 0xff;
        if (padding > size - HEADER) {
            throw new MalformedPacket("rtcp-bad-length");
        }
        var body = new Cursor(bytes, at + HEADER, size - HEADER - padding, TRUNCATED);
        int count = first & 0x1f;
        int type = bytes[at + 1] & 0xff;
        return switch (type) {
            case 200 -> new Report(body.u32(), senderInfo(body), reportBlocks(body, count));
            case 201 -> new Report(body.u32(), null, reportBlocks(body, count));
            case 202 -> new SourceDescription(items(body, count));
            case 203 -> goodbye(body, count);
            case 204 -> new ApplicationDefined(body.u32(), count, text(body, 4), body.remaining());
            case 205 -> new Feedback(true, count, body.u32(), body.u32());
            case 206 -> new Feedback(false, count, body.u32(), body.u32());
            case 207 -> new ExtendedReport(body.u32(), xrBlocks(body));
            default -> new Other(type);
        };
    }

    private static SenderInfo senderInfo(Cursor body) throws MalformedPacket {
        return new SenderInfo(body.u32(), body.u32(), body.u32(), body.u32(), body.u32());
    }

    private static List<ReportBlock> reportBlocks(Cursor body, int count) throws MalformedPacket {
        var blocks = new ArrayList<ReportBlock>(count);
        for (int i = 0; i < count; i++) {
            long ssrc = body.u32();
            int fractionLost = body.u8();
            // 24 bits with their sign.
            int lost = (body.u8() << 24 | body.u16() << 8) >> 8;
            blocks.add(new ReportBlock(ssrc, fractionLost, lost, body.u32(), body.u32(), body.u32(), body.u32()));
        }
        return blocks;
    }

    /** Chunks begin on words, and each ends with one to four zero bytes. */
    private static List<Item> items(Cursor body, int count) throws MalformedPacket {
        var items = new ArrayList<Item>();
        for (int i = 0; i < count; i++) {
            int begin = body.offset();
            long ssrc = body.u32();
            int type;
            while ((type = body.u8()) != 0) {
                items.add(new Item(ssrc, type, text(body, body.u8())));
            }
            // The last zeros of a packet may be missing where a sender counted its padding badly.
            body.skip(Math.min(-(body.offset() - begin) & 3, body.remaining()));
        }
        return items;
    }

    private static Goodbye goodbye(Cursor body, int count) throws MalformedPacket {
        var ssrcs = new ArrayList<Long>(count);
        for (int i = 0; i < count; i++) {
            ssrcs.add(body.u32());
        }
        return new Goodbye(ssrcs, body.remaining() == 0 ? "" : text(body, body.u8()));
    }

    private static List<XrBlock> xrBlocks(Cursor body) throws MalformedPacket {
        var blocks = new ArrayList<XrBlock>();
        while (body.remaining() > 0) {
            int type = body.u8();
            body.skip(1);
            int length = 4 * body.u16();
            if (type == 7 && length >= VoipMetrics.LENGTH) {
                blocks.add(new XrBlock(type, voipMetrics(body)));
                body.skip(length - VoipMetrics.LENGTH);
            } else {
                body.skip(length);
                blocks.add(new XrBlock(type, null));
            }
        }
        return blocks;
    }

    private static VoipMetrics voipMetrics(Cursor body) throws MalformedPacket {
        long ssrc = body.u32();
        int lossRate = body.u8();
        int discardRate = body.u8();
        int burstDensity = body.u8();
        int gapDensity = body.u8();
        int burstDuration = body.u16();
        int gapDuration = body.u16();
        int roundTripDelay = body.u16();
        int endSystemDelay = body.u16();
        int signalLevel = (byte) body.u8();
        int noiseLevel = (byte) body.u8();
        int echo = body.u8();
        int gmin = body.u8();
        int rFactor = body.u8();
        int externalRFactor = body.u8();
        int mosListening = body.u8();
        int mosConversational = body.u8();
        int configuration = body.u8();
        body.skip(1);
        return new VoipMetrics(
                ssrc,
                lossRate,
                discardRate,
                burstDensity,
                gapDensity,
                burstDuration,
                gapDuration,
                roundTripDelay,
                endSystemDelay,
                signalLevel,
                noiseLevel,
                echo,
                gmin,
                rFactor,
                externalRFactor,
                mosListening,
                mosConversational,
                configuration,
                body.u16(),
                body.u16(),
                body.u16());
    }

    private static String text(Cursor body, int length) throws MalformedPacket {
        return new String(body.bytes(length), StandardCharsets.UTF_8);
    }
}
