/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import java.util.Locale;

/**
 * A codec as far as quality depends on it.
 *
 * @param name as the report has it; empty if it is not known
 * @param clockRate of its RTP timestamps in Hz; 0 if it is not known
 * @param impairment Ie of the E-model (ITU-T G.113 appendix I); -1 where none is published
 * @param robustness Bpl, against random loss; -1 likewise
 */
public record Codec(String name, int clockRate, double impairment, double robustness) {

    public static final Codec UNKNOWN = new Codec("", 0, -1, -1);

    /** What jitter is counted in where nobody tells: nearly all telephony is sampled so. */
    public static final int DEFAULT_CLOCK_RATE = 8_000;

    /** With packet loss concealment (G.711 appendix I), as phones have it. */
    static final Codec G711 = new Codec("PCMU", 8_000, 0, 25.1);

    private static final int LONGEST_NAME = 32;

    /** True if the E-model can be asked about it. */
    public boolean isRated() {
        return impairment >= 0;
    }

    /** The codec of a name, as SDP or a statistics header writes it ("PCMA", "G711U", "G.729a"). */
    public static Codec named(String name) {
        String plain = name.strip();
        if (plain.isEmpty() || plain.length() > LONGEST_NAME) {
            return UNKNOWN;
        }
        String known = plain.toLowerCase(Locale.ROOT).replace(".", "").replace("-", "");
        // Ie and Bpl of ITU-T G.113 appendix I; AMR's are those of GSM-EFR, which is its mode of 12.2 kbit/s. iLBC's
        // are
        // those in common use.
        return switch (known) {
            case "pcmu", "pcma", "g711", "g711u", "g711a", "g711mu", "ulaw", "alaw" -> new Codec(plain, 8_000, 0, 25.1);
            case "g729", "g729a", "g729b", "g729ab" -> new Codec(plain, 8_000, 11, 19);
            case "g723", "g7231", "g72363" -> new Codec(plain, 8_000, 15, 16.1);
            case "gsmefr", "amr" -> new Codec(plain, 8_000, 5, 10);
            case "ilbc" -> new Codec(plain, 8_000, 11, 32);
            case "gsm", "g728", "g722", "g726", "g72632", "speex" -> new Codec(plain, 8_000, -1, -1);
            case "amrwb", "g7221", "evs" -> new Codec(plain, 16_000, -1, -1);
            case "opus" -> new Codec(plain, 48_000, -1, -1);
            case "h261", "h263", "h2631998", "h264", "h265", "vp8", "vp9", "av1" -> new Codec(plain, 90_000, -1, -1);
            default -> new Codec(plain, 0, -1, -1);
        };
    }

    /** The codec of a static payload type (RFC 3551 section 6); unknown for all others. */
    public static Codec ofPayloadType(int type) {
        return switch (type) {
            case 0 -> named("PCMU");
            case 3 -> named("GSM");
            case 4 -> named("G723");
            case 8 -> named("PCMA");
            case 9 -> named("G722");
            case 15 -> named("G728");
            case 18 -> named("G729");
            case 34 -> named("H263");
            default -> UNKNOWN;
        };
    }
}
