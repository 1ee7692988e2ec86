/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;

/** The RTP payload types that need no rtpmap (RFC 3551 section 6, tables 4 and 5). */
final class StaticPayload {
    private static final Text[] ENCODINGS = new Text[35];

    static {
        put(0, "PCMU/8000");
        put(3, "GSM/8000");
        put(4, "G723/8000");
        put(5, "DVI4/8000");
        put(6, "DVI4/16000");
        put(7, "LPC/8000");
        put(8, "PCMA/8000");
        put(9, "G722/8000");
        put(10, "L16/44100/2");
        put(11, "L16/44100");
        put(12, "QCELP/8000");
        put(13, "CN/8000");
        put(14, "MPA/90000");
        put(15, "G728/8000");
        put(16, "DVI4/11025");
        put(17, "DVI4/22050");
        put(18, "G729/8000");
        put(25, "CelB/90000");
        put(26, "JPEG/90000");
        put(28, "nv/90000");
        put(31, "H261/90000");
        put(32, "MPV/90000");
        put(33, "MP2T/90000");
        put(34, "H263/90000");
    }

    private StaticPayload() {}

    private static void put(int type, String encoding) {
        ENCODINGS[type] = Text.of(encoding);
    }

    /** "name/clock rate" of a static payload type; empty for any other. */
    static Text of(Text format) {
        int type = format.length() > 2 ? -1 : Words.number(format);
        boolean known = type >= 0 && type < ENCODINGS.length && ENCODINGS[type] != null;
        return known ? ENCODINGS[type] : Text.EMPTY;
    }
}
