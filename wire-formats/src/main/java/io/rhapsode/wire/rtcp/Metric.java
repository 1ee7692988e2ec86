/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import java.util.Locale;

/** What can be told of a stream, each in one unit. */
public enum Metric {

    /** RTP packets sent or received. */
    PACKETS,

    /** Octets of payload sent or received. */
    OCTETS,

    /** Packets lost since the stream began; less than 0 where there were more duplicates than losses. */
    PACKETS_LOST,

    /** Packets lost, in percent of those expected, since the report before or since the stream began. */
    LOSS_PERCENT,

    /** Packets thrown away by the receiver's jitter buffer, in percent of those expected. */
    DISCARD_PERCENT,

    /** Interarrival jitter (RFC 3550 section 6.4.1) in milliseconds. */
    JITTER_MS,

    /** The greatest jitter, in milliseconds. */
    JITTER_MAX_MS,

    /** From one end of the network to the other and back, in milliseconds. */
    ROUND_TRIP_MS,

    /** Delay within the end systems, in milliseconds (RFC 3611 section 4.7.3). */
    END_SYSTEM_DELAY_MS,

    /** Delay as told by who does not say of which way, in milliseconds. */
    LATENCY_MS,

    /** Listening quality on the scale of 1 to 5 (ITU-T P.800). */
    MOS,

    /** Conversational quality on that scale. */
    MOS_CONVERSATIONAL,

    /** The E-model's rating, 0 to 100 (ITU-T G.107). */
    R_FACTOR;

    /** As it stands in records and documents: "loss_percent". */
    public String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
