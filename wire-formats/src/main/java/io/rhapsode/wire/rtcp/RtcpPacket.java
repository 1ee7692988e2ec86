/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import java.util.List;

/** One packet of those an RTCP datagram is compounded of (RFC 3550 section 6.1). Numbers are unsigned unless said. */
public sealed interface RtcpPacket {

    /** What it is in short: "SR", "RR", "SDES", "BYE", "APP", "XR", "NACK", "PLI", ... */
    String name();

    /**
     * A sender or receiver report (RFC 3550 sections 6.4.1 and 6.4.2).
     *
     * @param ssrc of who reports
     * @param sender what it sent; null in a receiver report
     * @param blocks what it received, one for each source
     */
    record Report(long ssrc, SenderInfo sender, List<ReportBlock> blocks) implements RtcpPacket {
        @Override
        public String name() {
            return sender == null ? "RR" : "SR";
        }
    }

    /**
     * What a sender sent since it began (RFC 3550 section 6.4.1).
     *
     * @param ntpSeconds since 1900, of the sender's clock; {@code ntpFraction} in 1/2^32 s
     * @param rtpTimestamp the same moment in the units of the stream's clock
     */
    record SenderInfo(long ntpSeconds, long ntpFraction, long rtpTimestamp, long packets, long octets) {}

    /**
     * What a receiver received of one source (RFC 3550 section 6.4.1).
     *
     * @param ssrc of the source
     * @param fractionLost since the report before, in 1/256
     * @param lost since the beginning, signed: duplicates count against it
     * @param highestSequence extended by the count of cycles in the upper 16 bits
     * @param jitter between arrivals, in units of the stream's clock
     * @param lastSr the middle 32 bits of the NTP time in the source's last report; 0 if there was none
     * @param delaySinceLastSr from its receipt to this report, in 1/65536 s
     */
    record ReportBlock(
            long ssrc,
            int fractionLost,
            int lost,
            long highestSequence,
            long jitter,
            long lastSr,
            long delaySinceLastSr) {}

    /** Who the sources are (RFC 3550 section 6.5). */
    record SourceDescription(List<Item> items) implements RtcpPacket {
        @Override
        public String name() {
            return "SDES";
        }

        /** The first CNAME; empty if there is none. */
        public String cname() {
            return items.stream()
                    .filter(item -> item.type() == 1)
                    .map(Item::text)
                    .findFirst()
                    .orElse("");
        }
    }

    /** One item of a source's description: type 1 is CNAME, 2 NAME, 6 TOOL (RFC 3550 section 12.2). */
    record Item(long ssrc, int type, String text) {}

    /** Sources that leave (RFC 3550 section 6.6); the reason may be empty. */
    record Goodbye(List<Long> ssrcs, String reason) implements RtcpPacket {
        @Override
        public String name() {
            return "BYE";
        }
    }

    /** Something between applications (RFC 3550 section 6.7): four characters name it. */
    record ApplicationDefined(long ssrc, int subtype, String application, int dataLength) implements RtcpPacket {
        @Override
        public String name() {
            return "APP";
        }
    }

    /** An extended report (RFC 3611). */
    record ExtendedReport(long ssrc, List<XrBlock> blocks) implements RtcpPacket {
        @Override
        public String name() {
            return "XR";
        }
    }

    /**
     * One block of an extended report.
     *
     * @param type 1 to 7 are those of RFC 3611 section 4
     * @param metrics of a VoIP metrics block (7), else null
     */
    record XrBlock(int type, VoipMetrics metrics) {

        /** The type's name as RFC 3611 has it, in kebab-case; "xr-N" for those of other documents. */
        public String name() {
            return switch (type) {
                case 1 -> "loss-rle";
                case 2 -> "duplicate-rle";
                case 3 -> "packet-receipt-times";
                case 4 -> "receiver-reference-time";
                case 5 -> "dlrr";
                case 6 -> "statistics-summary";
                case 7 -> "voip-metrics";
                default -> "xr-" + type;
            };
        }
    }

    /**
     * Feedback on transport or payload (RFC 4585 section 6.1).
     *
     * @param transport true for RTPFB, false for PSFB
     * @param format FMT, what the feedback is
     */
    record Feedback(boolean transport, int format, long senderSsrc, long mediaSsrc) implements RtcpPacket {
        @Override
        public String name() {
            if (transport) {
                return switch (format) {
                    case 1 -> "NACK";
                    case 3 -> "TMMBR";
                    case 4 -> "TMMBN";
                    case 15 -> "TCC";
                    default -> "RTPFB-" + format;
                };
            }
            return switch (format) {
                case 1 -> "PLI";
                case 2 -> "SLI";
                case 3 -> "RPSI";
                case 4 -> "FIR";
                case 15 -> "AFB";
                default -> "PSFB-" + format;
            };
        }
    }

    /** A packet of a type that is not read; its length is known, and so what follows it. */
    record Other(int type) implements RtcpPacket {
        @Override
        public String name() {
            return "RTCP-" + type;
        }
    }
}
