/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.PcapWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Octets that the targets understand, from which Jazzer goes on. */
final class Seeds {

    private static final byte[] SIP =
            ("MESSAGE sip:bob@example.com SIP/2.0\r\nCall-ID: a\r\nContent-Type: text/plain\r\n"
                            + "Content-Length: 5\r\n\r\nhello")
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MSRP =
            "MSRP a7 SEND\r\nTo-Path: msrp://b\r\n\r\nHey\r\n-------a7$\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] A = {10, 0, 0, 1};
    private static final byte[] B = {10, 0, 0, 2};
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int SCTP = 132;

    private Seeds() {}

    static List<byte[]> hep() {
        byte[] three = HepEncoder.encode(
                new HepPacket(3, UDP, A, B, 5060, 5062, 1, 1, 7, "node", "id", 1, null, SIP, 0, SIP.length, List.of()));
        byte[] one = join(hex("0110 0211 13c4 13c6 0a000001 0a000002"), SIP);
        byte[] two = join(hex("0210 0211 13c4 13c6 0a000001 0a000002 00e1f505 00000000 01000000"), SIP);
        byte[] six = join(hex("0228 0a11 13c4 13c6"), new byte[32], hex("00e1f505 00000000 01000000"), SIP);
        return List.of(three, one, two, six, join(hex("45455033"), Arrays.copyOfRange(three, 4, three.length)));
    }

    static List<byte[]> ip() {
        byte[] packet = packets(UDP).get(0);
        byte[] ethernet = join(new byte[12], hex("88a80064 81000007 0800"), packet);
        byte[] tunnel = join(hex("45000000 00010000 40040000 0a000003 0a000004"), packet);
        byte[] gre = join(hex("45000000 00010000 402f0000 0a000003 0a000004 10006558 00000001"), ethernet);
        byte[] fragment = packet.clone();
        fragment[6] = 0x20;
        BigEndian.write(tunnel, 2, 2, tunnel.length);
        BigEndian.write(gre, 2, 2, gre.length);
        return List.of(
                link(5, packet),
                link(1, ethernet),
                link(5, tunnel),
                link(5, gre),
                join(link(5, fragment), link(5, packet)));
    }

    static List<byte[]> tcp() {
        byte[] half = Arrays.copyOf(SIP, 40);
        byte[] rest = Arrays.copyOfRange(SIP, 40, SIP.length);
        return List.of(
                join(segment(2, 0, SIP), segment(16, 0, half), segment(16, 0, rest)),
                join(segment(16, 0, SIP), segment(16, 20, half), segment(17, 0, rest)),
                join(segment(16, 0, MSRP), segment(16, 0, hex("16030100050100")), segment(4, 0, SIP)));
    }

    static List<byte[]> webSocket() {
        byte[] masked = SIP.clone();
        return List.of(
                join(hex("ff 81"), new byte[] {(byte) SIP.length}, SIP),
                join(
                        hex("05 01 05"),
                        Arrays.copyOf(SIP, 5),
                        hex("8900 80"),
                        new byte[] {(byte) (SIP.length - 5)},
                        tail(5)),
                join(hex("ff 82 fe 00"), new byte[] {(byte) SIP.length}, new byte[4], masked),
                hex("ff c1 07 f248cdc9c90700 c1 05 f200110000 88 02 03e8"));
    }

    static List<byte[]> sctp() {
        byte[] chunk = data(1, 3, SIP);
        return List.of(
                join(hex("0000"), length(chunk), chunk),
                join(length(join(chunk, data(2, 2, SIP))), chunk, data(2, 2, SIP), length(chunk), data(3, 1, SIP)));
    }

    static List<byte[]> pcap() {
        byte[] file = file(UDP);
        byte[] ng = join(
                hex("0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c"),
                hex("00000001 00000020 0065 0000 00040000 0009 0001 09000000 0000 0000 00000020"),
                hex("00000006 00000024 00000000 00000000 00000001 00000002 00000002 abcd0000 00000024"));
        return List.of(file, file(TCP), file(SCTP), ng);
    }

    private static byte[] file(int protocol) {
        var bytes = new ByteArrayOutputStream();
        try (var writer = new PcapWriter(bytes)) {
            writer.write(1_000_000, protocol, A, B, 5060, 5062, SIP);
            writer.write(2_000_000, protocol, B, A, 5062, 5060, SIP);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static List<byte[]> packets(int protocol) {
        var packets = new ArrayList<byte[]>();
        try (var file = new CaptureFile(new ByteArrayInputStream(file(protocol)))) {
            file.forEach(packet -> packets.add(packet.bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packets;
    }

    private static byte[] link(int type, byte[] frame) {
        return join(new byte[] {(byte) type, 1}, length(frame), frame);
    }

    private static byte[] segment(int flags, int shift, byte[] data) {
        return join(new byte[] {(byte) flags, (byte) shift, 1}, length(data), data);
    }

    private static byte[] data(int tsn, int flags, byte[] data) {
        byte[] chunk = join(hex("00000000 00000000 00010001 00000000"), data);
        chunk[1] = (byte) flags;
        BigEndian.write(chunk, 2, 2, chunk.length);
        BigEndian.write(chunk, 4, 4, tsn);
        return Arrays.copyOf(chunk, chunk.length + 3 & ~3);
    }

    private static byte[] tail(int from) {
        return Arrays.copyOfRange(SIP, from, SIP.length);
    }

    private static byte[] length(byte[] of) {
        return new byte[] {(byte) (of.length >> 8), (byte) of.length};
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
