/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.nio.charset.StandardCharsets;

/** A typical message: the INVITE of an operator's network on its second hop, with SDP. */
final class SampleSip {
    private SampleSip() {}

    /** 1,150 octets; the Call-ID is the sixth header. */
    static byte[] invite() {
        return """
                INVITE sip:+493012345678@proxy.example.com:5060;user=phone SIP/2.0
                Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK8f2b.7a1c4d55.0
                Via: SIP/2.0/UDP 198.51.100.7:5062;received=198.51.100.7;branch=z9hG4bK-524287-1---6e1f0a5c9d2b4e3f;rport=5062
                Record-Route: <sip:192.0.2.10;lr=on;ftag=6b1c9f0e>
                From: "Alice Example" <sip:+493087654321@example.com;user=phone>;tag=6b1c9f0e
                To: <sip:+493012345678@example.com;user=phone>
                Call-ID: 88191MTE5NjEyNjA1NTE5ZjA2MDk4ZTE2NGY@198.51.100.7
                CSeq: 2 INVITE
                Contact: <sip:+493087654321@198.51.100.7:5062;transport=udp>
                Max-Forwards: 69
                Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO
                Supported: replaces, norefersub, extended-refer, timer, 100rel
                User-Agent: Phone 5.4.1 build 88191
                P-Asserted-Identity: "Alice" <sip:+493087654321@example.com>
                Session-Expires: 1800
                Content-Type: application/sdp
                Content-Length: 248

                v=0
                o=- 13277312345678 1 IN IP4 198.51.100.7
                s=call
                c=IN IP4 198.51.100.7
                t=0 0
                m=audio 51372 RTP/AVP 9 8 0 101
                a=rtpmap:9 G722/8000
                a=rtpmap:8 PCMA/8000
                a=rtpmap:0 PCMU/8000
                a=rtpmap:101 telephone-event/8000
                a=fmtp:101 0-15
                a=sendrecv
                """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
