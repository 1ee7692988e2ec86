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
                join(hex("ff 01 7f 00054d8900806047"), SIP),
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

    static List<byte[]> sip() {
        return List.of(SIP, text("""
                        INVITE sip:+4930123;phone-context=x@[2001:db8::1]:5060;user=phone SIP/2.0
                        v: SIP/2.0/TLS a;branch=z9hG4bK1;received=192.0.2.1;rport=5, SIP/2.0/UDP b
                        f: "A \\" B" <sip:a%40b@c>;tag=1
                        t: <tel:+49;ext=1>
                        i: a@b
                        CSeq: 1 INVITE
                        P-Asserted-Identity: <sip:1@a>, <tel:+1>
                        Diversion: <sip:2@a>;reason=user-busy;counter=1
                        History-Info: <sip:3@a?Reason=SIP%3Bcause%3D302>;index=1.1
                        Reason: Q.850;cause=16;text="x"
                        Session-ID: 0123456789abcdef0123456789abcdef;remote=00000000000000000000000000000000
                        Identity: eyJwcHQiOiJzaGFrZW4ifQ.eyJhdHRlc3QiOiJBIn0.c2ln;info=<https://a/b>
                        P-Charging-Vector: icid-value=1;orig-ioi=a
                        Replaces: a;from-tag=1;to-tag=2
                        Authorization: Digest username="a", realm="b"
                        Content-Type: multipart/mixed;boundary=x

                        --x
                        Content-Type: application/sdp

                        v=0
                        m=audio 1 RTP/AVP 0
                        --x--
                        """));
    }

    static List<byte[]> sdp() {
        return List.of(text("""
                v=0
                o=- 1 1 IN IP4 a
                s=-
                c=IN IP6 ::1
                t=0 0
                a=group:BUNDLE 1
                a=ice-lite
                m=audio 1/2 UDP/TLS/RTP/SAVPF 0 96
                b=AS:64
                a=rtpmap:96 opus/48000/2
                a=fmtp:96 useinbandfec=1
                a=candidate:1 1 udp 1 192.0.2.1 5 typ host
                a=fingerprint:sha-256 AB:CD
                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x
                a=sendonly
                m=image 2 udptl t38
                m=message 3 TCP/MSRP *
                a=path:msrp://a/b;tcp
                """));
    }

    static List<byte[]> rtcp() {
        byte[] report = hex("81c8000c 00000001 da000000 00000000 00000000 00000005 00000500"
                + "00000002 01000003 00000004 00000005 da000000 00010000");
        byte[] names = hex("81ca0003 00000001 01036140 62000000");
        byte[] extended = hex("80cf000a 00000001 07000008 00000002 05060708 00090009 00640064"
                + "f0b01014 5d5e2829 00000028 00280028");
        return List.of(
                report,
                join(report, names, extended),
                hex("81c90007 00000001 00000002 00000003"),
                hex("80cc0003 00000001 61626364 00000000 81cb0001 00000001"));
    }

    static List<byte[]> rtcpJson() {
        return List.of(
                text("{\"type\":200,\"ssrc\":1,\"report_count\":1,\"sender_information\":{\"packets\":5},"
                        + "\"report_blocks\":[{\"source_ssrc\":2,\"fraction_lost\":1,\"packets_lost\":2,"
                        + "\"ia_jitter\":3,\"lsr\":4,\"dlsr\":5}]}"),
                text(
                        "{\"RTP_SIP_CALL_ID\":\"a\",\"JITTER\":0.16,\"TOTAL_PK\":17,\"MOS\":4.39,\"CODEC_NAME\":\"pcma\"}"));
    }

    static List<byte[]> msrp() {
        return List.of(MSRP, text("MSRP a7 200 OK\nTo-Path: msrp://b\nFrom-Path: msrp://a\n-------a7$\n"));
    }

    static List<byte[]> xmpp() {
        return List.of(
                text("<message from='a@b/c' to=\"d\" type='chat'><body>a &amp; b</body></message>"),
                text("<?xml version='1.0'?><stream:stream from='a' to='b' xmlns='jabber:client'>"),
                text("<!DOCTYPE a [<!ENTITY b 'c'>]><iq id='1'><query/></iq>"));
    }

    private static byte[] text(String lines) {
        return lines.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
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
