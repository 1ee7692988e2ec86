/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.MalformedPacket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** The compressed payload chunk: senders use zlib, gzip or bare deflate, and some do not compress at all. */
final class Inflated {

    /** No SIP message is longer: it came in one datagram or one HEP packet. */
    static final int LONGEST = 65_536;

    private Inflated() {}

    /**
     * What the bytes unpack to, or the bytes themselves if they are not, or not wholly, compressed.
     *
     * @throws MalformedPacket hep-payload-too-long
     */
    static byte[] of(byte[] bytes) throws MalformedPacket {
        var inflater = new Inflater(!isZlib(bytes));
        try (var in = isGzip(bytes) ? gzip(bytes) : deflate(bytes, inflater)) {
            byte[] inflated = in.readNBytes(LONGEST + 1);
            if (inflated.length > LONGEST) {
                throw new MalformedPacket("hep-payload-too-long");
            }
            return inflated;
        } catch (IOException notCompressed) {
            return bytes;
        } finally {
            inflater.end();
        }
    }

    private static InputStream gzip(byte[] bytes) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(bytes));
    }

    private static InputStream deflate(byte[] bytes, Inflater inflater) {
        return new InflaterInputStream(new ByteArrayInputStream(bytes), inflater);
    }

    private static boolean isGzip(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
    }

    // RFC 1950 2.2: method 8, no preset dictionary, and the first two bytes are a multiple of 31.
    private static boolean isZlib(byte[] bytes) {
        return bytes.length > 1
                && (bytes[0] & 0x0f) == 8
                && (bytes[1] & 0x20) == 0
                && BigEndian.read(bytes, 0, 2) % 31 == 0;
    }
}
