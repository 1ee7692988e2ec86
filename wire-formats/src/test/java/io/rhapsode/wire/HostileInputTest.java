/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.rhapsode.wire.json.JsonReader;
import io.rhapsode.wire.json.JsonValue;
import io.rhapsode.wire.msrp.MsrpMessage;
import io.rhapsode.wire.rtcp.QosReport;
import io.rhapsode.wire.rtcp.Rtcp;
import io.rhapsode.wire.rtcp.RtcpJson;
import io.rhapsode.wire.rtcp.RtcpQuality;
import io.rhapsode.wire.rtcp.RtpStat;
import io.rhapsode.wire.rtcp.VqReport;
import io.rhapsode.wire.xmpp.XmppStanza;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Any bytes at all: a result or a MalformedPacket of a known reason, nothing else, and soon. */
class HostileInputTest {

    private static final int MEGABYTE = 1 << 20;
    private static final long LIMIT_MILLIS = 50;
    private static final int MUTANTS = 20_000;

    interface Reading {
        void read(byte[] bytes) throws MalformedPacket;
    }

    private record Reader(Reading reading, String seed) {}

    private static Map<String, Reader> readers() {
        var readers = new LinkedHashMap<String, Reader>();
        readers.put("rtcp", new Reader(HostileInputTest::rtcp, "\u0081\u00c9\0\u0007" + "\0".repeat(28)));
        readers.put(
                "json", new Reader(HostileInputTest::json, "{\"report_blocks\":[{\"lsr\":-1.5e3,\"a\":\"\\u00e9\"}]}"));
        readers.put(
                "vq",
                new Reader(
                        HostileInputTest::vq, "VQSessionReport: CallTerm\r\nLocalMetrics:\r\nX:NLR=1 A=\"b c\"\r\n"));
        readers.put("rtp-stat", new Reader(HostileInputTest::rtpStat, "PS=1;PR=2;PL=1,2;JI=3;IP=a:1,b:2;MOS=4.1"));
        readers.put(
                "msrp",
                new Reader(HostileInputTest::msrp, "MSRP abcd SEND\r\nTo-Path: a\r\n\r\nx\r\n-------abcd$\r\n"));
        readers.put(
                "xmpp", new Reader(HostileInputTest::xmpp, "<message from='a'><body>a &amp; &#65; b</body></message>"));
        return readers;
    }

    static void rtcp(byte[] bytes) throws MalformedPacket {
        RtcpQuality.of(Rtcp.decode(bytes, 0, bytes.length), 1_795_509_000_000_001L);
    }

    static void json(byte[] bytes) throws MalformedPacket {
        JsonValue json = JsonReader.read(bytes, 0, bytes.length);
        if (RtcpJson.isRtcp(json)) {
            RtcpQuality.of(RtcpJson.decode(json), 1_795_509_000_000_001L);
        } else {
            QosReport.of(json);
        }
    }

    static void vq(byte[] bytes) throws MalformedPacket {
        VqReport.of(bytes, 0, bytes.length);
    }

    static void rtpStat(byte[] bytes) {
        RtpStat.of("X-RTP-Stat", new String(bytes, UTF_8));
    }

    static void msrp(byte[] bytes) throws MalformedPacket {
        var message = MsrpMessage.of(bytes, 0, bytes.length);
        assertThat(message.end()).isBetween(message.bodyOffset() + message.bodyLength(), bytes.length);
        message.text(bytes);
    }

    static void xmpp(byte[] bytes) throws MalformedPacket {
        XmppStanza.of(bytes, 0, bytes.length);
    }

    @TestFactory
    Stream<DynamicTest> threeBytesChangedAndTheEndCutOff() {
        return readers().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> mutate(entry.getValue())));
    }

    private static void mutate(Reader reader) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[] good = reader.seed().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = Arrays.copyOf(good, random.nextInt(good.length + 8));
            for (int change = 0; change < 3 && mutant.length > 0; change++) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
            }
            outcome(reader.reading(), mutant, "seed " + seed + ", mutant " + i);
        }
    }

    /** Reasons are counted by, so they are few and short. */
    static void known(MalformedPacket e) {
        assertThat(e.reason()).matches("[a-z0-9]+(-[a-z0-9]+)+");
    }

    private static void outcome(Reading reading, byte[] bytes, String what) {
        try {
            reading.read(bytes);
        } catch (MalformedPacket e) {
            known(e);
        } catch (RuntimeException | Error e) {
            fail(what, e);
        }
    }

    @TestFactory
    Stream<DynamicTest> aMegabyteOfAnythingInFiftyMilliseconds() {
        return readers().entrySet().stream()
                .flatMap(entry -> megabytes(entry.getValue().seed()).entrySet().stream()
                        .map(bytes -> DynamicTest.dynamicTest(
                                entry.getKey() + ": " + bytes.getKey(),
                                () -> time(entry.getValue().reading(), bytes.getValue()))));
    }

    /** The seed and then one thing over and over; each is what some reader looks at most often. */
    private static Map<String, byte[]> megabytes(String seed) {
        var bytes = new LinkedHashMap<String, byte[]>();
        for (String piece : new String[] {
            "\0",
            "[",
            "{\"a\":",
            "1,",
            "\"\\",
            "\\u0041",
            " ",
            "a",
            "=",
            ";",
            ",",
            "\n",
            "\n-------",
            "\n-------abcd",
            "a:b\r\n",
            "&",
            "&a",
            "&amp;",
            "<",
            "<body",
            "<body>",
            "a='b' ",
            "'",
            "\u0080\u00d0\0\0",
            "\u0081\u00c9\0\u0007",
            seed
        }) {
            bytes.put(printable(piece), fill("", piece));
            bytes.put("seed, " + printable(piece), fill(seed, piece));
            bytes.put("half a seed, " + printable(piece), fill(seed.substring(0, seed.length() / 2), piece));
        }
        return bytes;
    }

    private static String printable(String piece) {
        return piece.replaceAll("[^ -~]", "?");
    }

    private static byte[] fill(String begin, String piece) {
        byte[] bytes = begin.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        byte[] more = piece.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        int length = bytes.length;
        bytes = Arrays.copyOf(bytes, MEGABYTE);
        for (int at = length; at < MEGABYTE; at++) {
            bytes[at] = more[(at - length) % more.length];
        }
        return bytes;
    }

    /** The best of some: what is meant is the reader's time, not the machine's other work or the compiler's. */
    private static void time(Reading reading, byte[] bytes) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10 && best > LIMIT_MILLIS * 1_000_000; i++) {
            long begin = System.nanoTime();
            outcome(reading, bytes, "a megabyte");
            best = Math.min(best, System.nanoTime() - begin);
        }
        assertThat(best / 1_000_000).isLessThan(LIMIT_MILLIS);
    }
}
